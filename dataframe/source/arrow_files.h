#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <arrow/io/interfaces.h>
#include <arrow/type_fwd.h>

#include "common/base/result.h"

namespace tusk::dfs {
class FileSystem;
class InputStream;
class OutputStream;
}  // namespace tusk::dfs

namespace tusk::mapreduce {
class OutputFileWriter;
}

namespace tusk::df {

/// Files of our file systems as Arrow's readers and writers want them. All work in the caller's
/// thread: reads that Arrow calls asynchronous are done when they return, so that a task stays one
/// thread.

/// An open file to read, at the stream's length when it was opened. Reads at positions may run in
/// any number of threads at once; the rest belongs to one. Errors name `path`.
std::shared_ptr<arrow::io::RandomAccessFile> MakeArrowInput(
    std::shared_ptr<dfs::InputStream> stream, std::string path);

/// Opens `path` and wraps it.
Result<std::shared_ptr<arrow::io::RandomAccessFile>> OpenArrowInput(dfs::FileSystem& files,
                                                                    std::string_view path);

/// A file to write. Small writes are gathered. Its Close completes the file; destroyed without it,
/// the file is given up as the stream says.
std::shared_ptr<arrow::io::OutputStream> MakeArrowOutput(std::unique_ptr<dfs::OutputStream> stream);

/// Writes into the output file of a task; its Close flushes nothing and completes nothing: who made
/// `file` does, and keeps it alive.
std::shared_ptr<arrow::io::OutputStream> MakeArrowOutput(mapreduce::OutputFileWriter* file);

}  // namespace tusk::df

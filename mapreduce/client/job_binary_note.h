#pragma once

#include <cstdint>
#include <string_view>

namespace tusk::mapreduce {

/// The mark of a job's program: an ELF note that every program has which links the job library
/// (client/program.cc writes it). A program is known as a job, or as none, before it is run.
inline constexpr std::string_view kJobBinaryNoteName = "Tusk";
inline constexpr uint32_t kJobBinaryNoteType = 0x4a4f42;  // "JOB"
/// What the driver and the daemons must agree on; part of the note.
inline constexpr uint32_t kJobBinaryVersion = 1;

}  // namespace tusk::mapreduce

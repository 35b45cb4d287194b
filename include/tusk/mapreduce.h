#pragma once

/// Everything that a job binary needs; link the target tusk_mapreduce. Begin with
/// mapreduce/client/program.h and mapreduce/api/mapper.h, or with jobs/wordcount/wordcount.cc.

#include "common/base/status_macros.h"
#include "dfs/client/file_system.h"
#include "mapreduce/api/job_builder.h"
#include "mapreduce/api/mapper.h"
#include "mapreduce/api/partitioner.h"
#include "mapreduce/api/reducer.h"
#include "mapreduce/api/words.h"
#include "mapreduce/client/job_chain.h"
#include "mapreduce/client/program.h"
#include "mapreduce/io/manifest_reader.h"
#include "mapreduce/io/range_input.h"
#include "mapreduce/io/sequence_format.h"
#include "mapreduce/io/text_input.h"
#include "mapreduce/io/text_output.h"

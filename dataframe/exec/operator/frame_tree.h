#pragma once

#include <cstdint>
#include <vector>

#include "common/base/result.h"
#include "dataframe/exec/gather.h"
#include "dataframe/expr/aggregate.h"

namespace tusk::df {

/// Any aggregate over any frames: for each i the result over the argument rows [begin[i], end[i]).
///
/// States of the rows are merged in pairs, those again, and so on; a frame is put together from
/// at most two states of each level, in the order of the rows. Holds twice as many states as rows,
/// and takes time n log n.
Result<ArrayPtr> AggregateFrames(const AggregateFunction& function, const Columns& args,
                                 const std::vector<uint32_t>& begin,
                                 const std::vector<uint32_t>& end);

}  // namespace tusk::df

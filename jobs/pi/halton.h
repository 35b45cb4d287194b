#pragma once

#include <cstdint>
#include <string>

/// How many of the points [offset, offset + count) of the two-dimensional Halton sequence with
/// bases 2 and 3 lie in the circle of diameter 1 in the unit square. The arithmetic is that of
/// org.apache.hadoop.examples.QuasiMonteCarlo.HaltonSequence, operation by operation, so counts are
/// equal.
int64_t CountPointsInside(int64_t offset, int64_t count);

/// 4 * inside / (maps * samples) as Hadoop prints it: a decimal of 20 digits behind the point,
/// rounded half up by its BigDecimal, the product taken last.
std::string FormatEstimate(int64_t inside, int64_t maps, int64_t samples);

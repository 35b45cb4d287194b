#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace tusk::mapreduce {
namespace proto {
class JobStatusProto;
}

namespace jobtracker {

/// A job's state as pages show it and programs read it. Of a running job the time is until
/// `now_ms`.
boost::json::object JobJson(const proto::JobStatusProto& job, int64_t now_ms);

// Members of what pages are made of; "" or 0 for one that is not there.

std::string TextOf(const boost::json::value& value, std::string_view key);
int64_t NumberOf(const boost::json::value& value, std::string_view key);
double FractionOf(const boost::json::value& value, std::string_view key);
/// How much of a whole job (JobJson) is done, 0 to 1: reduces count as much as maps.
double ProgressOf(const boost::json::value& job);

}  // namespace jobtracker
}  // namespace tusk::mapreduce

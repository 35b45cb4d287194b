#include "common/config/command_line.h"

#include <optional>
#include <string_view>

#include "common/base/status_macros.h"

namespace tusk {

namespace {

/// Stores what one generic option says.
Status Apply(std::string_view option, const std::string& value, ConfigSources& sources) {
  if (value.empty())
    return Status::Error(StatusCode::kInvalidArgument, "option {} needs a value", option);
  if (option == "--conf" || option == "--config") {
    sources.conf_dir = value;
  } else if (option == "-conf") {
    sources.conf_files.push_back(value);
  } else if (option == "-fs") {
    sources.defines.emplace_back("fs.defaultFS", value == "local" ? "file:///" : value);
  } else if (option == "-jt") {
    if (value == "local") {
      sources.defines.emplace_back("mapreduce.framework.name", "local");
    } else {
      sources.defines.emplace_back("mapreduce.jobtracker.address", value);
    }
  } else {
    const size_t equals = value.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return Status::Error(StatusCode::kInvalidArgument, "option -D needs name=value, not \"{}\"",
                           value);
    }
    sources.defines.emplace_back(value.substr(0, equals), value.substr(equals + 1));
  }
  return Status();
}

bool TakesNextArgument(std::string_view arg) {
  return arg == "--conf" || arg == "--config" || arg == "-conf" || arg == "-D" || arg == "-fs" ||
         arg == "-jt";
}

}  // namespace

Status TakeGenericOptions(std::vector<std::string>& args, ConfigSources& sources) {
  ConfigSources found = sources;
  size_t taken = 0;
  while (taken < args.size()) {
    const std::string& arg = args[taken];
    if (TakesNextArgument(arg)) {
      if (taken + 1 == args.size()) {
        return Status::Error(StatusCode::kInvalidArgument, "option {} needs a value", arg);
      }
      RETURN_IF_ERROR(Apply(arg, args[taken + 1], found));
      taken += 2;
    } else if (arg.starts_with("-D") && arg.find('=') != std::string::npos) {
      RETURN_IF_ERROR(Apply("-D", arg.substr(2), found));
      ++taken;
    } else if (arg.starts_with("--conf=") || arg.starts_with("--config=")) {
      RETURN_IF_ERROR(Apply("--conf", arg.substr(arg.find('=') + 1), found));
      ++taken;
    } else {
      break;
    }
  }
  args.erase(args.begin(), args.begin() + static_cast<ptrdiff_t>(taken));
  sources = std::move(found);
  return Status();
}

std::string GenericOptionsUsage() {
  return "Generic options, before the verb's own arguments:\n"
         "  --conf DIR            read the site files of this directory\n"
         "  -conf FILE            read one more configuration file\n"
         "  -D NAME=VALUE         set an option\n"
         "  -fs URI               the file system to use: hdfs://HOST:PORT, file:///, local\n"
         "  -jt HOST:PORT|local   the job tracker to use\n";
}

}  // namespace tusk

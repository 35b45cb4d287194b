#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/base/status.h"

namespace tusk::dfs {

class FsShell;

/// One command of `tusk fs`.
struct FsCommand {
  std::string_view name;         ///< with its dash: "-ls"
  std::string_view arguments;    ///< for usage lines: "[-R] <path> ..."
  std::string_view description;  ///< for -help; lines of at most 76 columns
  /// Runs with the arguments behind the name. kInvalidArgument: the command was used wrongly (its
  /// usage is shown, exit status 255). All other errors are reported to the shell one by one.
  Status (*run)(FsShell& shell, std::span<const std::string> arguments);
};

/// All commands by name.
std::span<const FsCommand* const> FsCommands();

/// The command of that name (with its dash); nullptr when there is none.
const FsCommand* FindFsCommand(std::string_view name);

extern const FsCommand kFsAppendToFile;
extern const FsCommand kFsCat;
extern const FsCommand kFsChgrp;
extern const FsCommand kFsChmod;
extern const FsCommand kFsChown;
extern const FsCommand kFsCopyFromLocal;
extern const FsCommand kFsCopyToLocal;
extern const FsCommand kFsCount;
extern const FsCommand kFsCp;
extern const FsCommand kFsDf;
extern const FsCommand kFsDu;
extern const FsCommand kFsFind;
extern const FsCommand kFsGet;
extern const FsCommand kFsGetmerge;
extern const FsCommand kFsHead;
extern const FsCommand kFsHelp;
extern const FsCommand kFsLs;
extern const FsCommand kFsMkdir;
extern const FsCommand kFsMoveFromLocal;
extern const FsCommand kFsMv;
extern const FsCommand kFsPut;
extern const FsCommand kFsRm;
extern const FsCommand kFsRmdir;
extern const FsCommand kFsSetrep;
extern const FsCommand kFsStat;
extern const FsCommand kFsTail;
extern const FsCommand kFsTest;
extern const FsCommand kFsTouchz;
extern const FsCommand kFsUsage;

}  // namespace tusk::dfs

#include "dfs/tool/fs_command.h"

namespace tusk::dfs {
namespace {

constexpr const FsCommand* kCommands[] = {
    &kFsAppendToFile,  &kFsCat,      &kFsChgrp, &kFsChmod,  &kFsChown, &kFsCopyFromLocal,
    &kFsCopyToLocal,   &kFsCount,    &kFsCp,    &kFsDf,     &kFsDu,    &kFsFind,
    &kFsGet,           &kFsGetmerge, &kFsHead,  &kFsHelp,   &kFsLs,    &kFsMkdir,
    &kFsMoveFromLocal, &kFsMv,       &kFsPut,   &kFsRm,     &kFsRmdir, &kFsSetrep,
    &kFsStat,          &kFsTail,     &kFsTest,  &kFsTouchz, &kFsUsage,
};

}  // namespace

std::span<const FsCommand* const> FsCommands() { return kCommands; }

const FsCommand* FindFsCommand(std::string_view name) {
  for (const FsCommand* command : kCommands) {
    if (command->name == name) return command;
  }
  return nullptr;
}

}  // namespace tusk::dfs

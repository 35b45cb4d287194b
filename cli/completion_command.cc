#include <cstdio>

#include "cli/cli_arguments.h"
#include "cli/cli_commands.h"
#include "cli/external_verb.h"
#include "cli/program_options.h"
#include "cli/verb_table.h"
#include "dfs/tool/fs_command.h"

namespace tusk::cli {
namespace {

constexpr char kUsage[] =
    "Usage: tusk completion bash\n"
    "A script for the shell. Put this into ~/.bashrc:  source <(tusk completion bash)\n";

// The names are written into the script: a key press then costs no process.
constexpr char kBashScript[] = R"(# Completion of tusk for bash. Written by `tusk completion bash`.
_tusk() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} verb="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${{COMP_WORDS[i]}} in
      --conf | --config | -conf | -D | -fs | -jt) ((i++)) ;;
      -*) ;;
      *) verb=${{COMP_WORDS[i]}}; break ;;
    esac
  done
  COMPREPLY=()
  case $prev in
    -D) compopt -o nospace; mapfile -t COMPREPLY < <(compgen -S = -W "$_tusk_options" -- "$cur"); return ;;
    explain) mapfile -t COMPREPLY < <(compgen -W "$_tusk_options" -- "$cur"); return ;;
    --conf | --config | --dir) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
  esac
  local words=""
  case $verb in
    "") words=$_tusk_verbs ;;
    help) words=$_tusk_verbs ;;
    fs) [[ $cur == -* ]] && words=$_tusk_fs ;;
    admin) words="-report -safemode -help" ;;
    config) words="show diff explain markdown metrics-markdown --origin --json" ;;
    cluster) words="start status stop --dir --datanodes --trackers --base-port --json" ;;
    completion) words="bash" ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
  [[ ${{#COMPREPLY[@]}} -gt 0 || -z $verb ]] && return
  compopt -o filenames
  mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}}
_tusk_verbs="{}"
_tusk_fs="{}"
_tusk_options="{}"
complete -F _tusk tusk
)";

void Append(std::string_view word, std::string& list) {
  if (!list.empty()) list += ' ';
  list += word;
}

std::string BashScript() {
  std::string verbs;
  for (const VerbGroup& group : VerbGroups()) {
    for (const Command& command : group.commands) Append(command.name, verbs);
  }
  for (const std::string& verb : ListExternalVerbs()) Append(verb, verbs);
  std::string fs;
  for (const dfs::FsCommand* command : dfs::FsCommands()) Append(command->name, fs);
  std::string options;
  for (const OptionBase* option : AllOptions().options()) Append(option->name(), options);
  return fmt::format(kBashScript, verbs, fs, options);
}

}  // namespace

int CompletionCommandMain(int argc, char** argv) {
  const CliSyntax syntax{.max_words = 1};
  const Result<CliArguments> arguments = ParseCliArguments(argc, argv, syntax);
  if (!arguments.ok()) return FailUsage("completion", arguments.status());
  if (arguments->help) {
    std::fputs(kUsage, stdout);
    return 0;
  }
  if (arguments->words.empty() || arguments->words[0] != "bash") {
    return FailUsage("completion",
                     Status(StatusCode::kInvalidArgument, "completion knows one shell: bash"));
  }
  std::fputs(BashScript().c_str(), stdout);
  return 0;
}

}  // namespace tusk::cli

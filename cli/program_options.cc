#include "cli/program_options.h"

#include "common/metrics/metric_registry.h"
#include "common/metrics/text_exposition.h"
#include "common/rpc/rpc_metrics.h"
#include "dataframe/options/sql_options.h"
#include "dfs/client/open_file_system.h"
#include "dfs/datanode/datanode_metrics.h"
#include "dfs/datanode/datanode_options.h"
#include "dfs/datanode/transfer/transfer_metrics.h"
#include "dfs/namenode/namenode_metrics.h"
#include "dfs/namenode/namenode_options.h"
#include "mapreduce/client/job_options.h"
#include "mapreduce/model/mapreduce_options.h"

namespace tusk::cli {

OptionRegistry AllOptions() {
  OptionRegistry registry;
  registry.Add(dfs::FileSystemOptions());
  registry.Add(dfs::namenode::NamenodeOptions());
  registry.Add(dfs::datanode::DatanodeOptions());
  registry.Add(mapreduce::MapreduceOptions());
  registry.Add(mapreduce::JobOptions());
  registry.Add(df::SqlOptions());
  return registry;
}

std::string WriteAllMetricsMarkdown() {
  // None of these registries is read: the parts that would be measured need not be there.
  MetricRegistry namenode("NameNode");
  namenode.AddProcessMetrics();
  rpc::AddRpcMetrics(namenode, "namenode");
  dfs::namenode::AddNamenodeMetrics(namenode, nullptr, nullptr, nullptr);
  MetricRegistry datanode("DataNode");
  datanode.AddProcessMetrics();
  rpc::AddRpcMetrics(datanode, "datanode");
  dfs::datanode::AddDatanodeMetrics(datanode, nullptr, {});
  const dfs::datanode::TransferMetrics transfer(&datanode);
  MetricRegistry jobtracker("JobTracker");
  jobtracker.AddProcessMetrics();
  rpc::AddRpcMetrics(jobtracker, "jobtracker");
  MetricRegistry tasktracker("TaskTracker");
  tasktracker.AddProcessMetrics();
  std::string page =
      "# Metrics\n\n"
      "Written from the registrations in the code; do not edit. Every daemon has them at "
      "`/metrics` "
      "(Prometheus) and, for\n"
      "tools made for Hadoop, at `/jmx`.\n";
  for (const MetricRegistry* registry : {&namenode, &datanode, &jobtracker, &tasktracker}) {
    page += "\n" + WriteMetricsMarkdown(*registry);
  }
  return page;
}

}  // namespace tusk::cli

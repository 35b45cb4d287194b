#include <tusk/dataframe.h>

using namespace tusk::df;

int main(int argc, char** argv) {
  Session session(argc, argv, "DIR  shows how the airlines of nycflights13 are late");
  const std::string tables = session.arguments().empty() ? "." : session.arguments().front();
  const DataFrame flights = session.ReadCsv(tables + "/flights.csv");
  const DataFrame airlines = session.ReadCsv(tables + "/airlines.csv");
  const DataFrame delays = flights.DropNulls("dep_delay")
                               .Join(airlines, "carrier")
                               .GroupBy("name")
                               .Agg(Count().As("flights"), Mean("dep_delay").As("mean"),
                                    Quantile("dep_delay", 0.9).As("p90"),
                                    Count().Where(col("dep_delay") > 60).As("over_an_hour"))
                               .WithColumns((col("over_an_hour") / col("flights")).As("share"))
                               .Sort(col("mean").Desc())
                               .Limit(5);
  return session.Exit(delays.Show());
}

"""The other way round: our client and our jobs on Hadoop's own HDFS, and both file systems alike.

    hadoop_hdfs.py        starts Hadoop's HDFS and a Tusk cluster for itself
"""
import collections
import os
import pathlib
import random
import tempfile

import clients
import clusters
import shell_parity
from check import Report
from operators import Refused, ShellOperator, words_of

BIG_BYTES = 300_000_000
WORDS = [f"word{i:05}" for i in range(20_000)]


def big_file(report: Report, hadoop: pathlib.Path, folder: pathlib.Path) -> None:
    """300 MB over Hadoop's datanodes, both ways, the same to the byte."""
    local, copy = folder / "big", folder / "copy"
    source = random.Random(301)
    with open(local, "wb") as file:
        for _ in range(BIG_BYTES // 1_000_000):
            file.write(source.randbytes(1_000_000))
    operators = [ShellOperator(clients.TuskShell(hadoop)), ShellOperator(clients.JavaShell(hadoop))]
    for writer in operators:
        path = f"/big-{writer.name}"
        try:
            writer.put(local, path)
            report.equal(operators[1].shell.run("-stat", "%b %r", path).out, f"{BIG_BYTES} 3\n",
                         f"length and replication of {writer.name}'s 300 MB")
            for reader in operators:
                reader.get(path, copy)
                report.check(copy.read_bytes() == local.read_bytes(),
                             f"300 MB of {writer.name} as {reader.name} gets them")
                copy.unlink()
            writer.delete_file(path)
        except Refused as refusal:
            report.check(False, f"300 MB of {writer.name}", words_of(str(refusal)))
    operators[1].close()
    local.unlink()


def make_text(path: pathlib.Path, seed: int) -> collections.Counter:
    """Some megabytes of words, in lines of ten; returns how often each occurs."""
    numbers = random.Random(seed)
    words = [WORDS[min(int(numbers.expovariate(0.001)), len(WORDS) - 1)] for _ in range(400_000)]
    path.write_text("".join(" ".join(words[i:i + 10]) + "\n" for i in range(0, len(words), 10)))
    return collections.Counter(words)


def count_words(report: Report, what: str, conf: pathlib.Path, options: list[str]) -> bool:
    """Runs the word count of the examples on the cluster of `conf`, from /books to /counts."""
    wordcount = clients.TUSK.parent / "examples" / "wordcount"
    outcome = clients.run([clients.TUSK, "jar", *options, wordcount, "/books", "/counts"], {"HADOOP_CONF_DIR": str(conf)})
    return report.check(outcome.status == 0, f"word count, {what}", outcome.out + outcome.err)


def word_count(report: Report, hadoop: clusters.HadoopCluster, tusk: clusters.TuskCluster,
               folder: pathlib.Path) -> None:
    """The job reads Hadoop's HDFS and writes there, as it does on ours; the same result to the byte."""
    java = clients.JavaShell(hadoop.conf)
    ours = clients.TuskShell(tusk.conf)
    counts: collections.Counter = collections.Counter()
    java.run("-mkdir", "/books")
    ours.run("-mkdir", "/books")
    for number in range(3):
        local = folder / f"book{number}"
        counts += make_text(local, number)
        report.equal(java.run("-put", str(local), "/books").status, 0, "put of a book into Hadoop's HDFS")
        report.equal(ours.run("-put", str(local), "/books").status, 0, "put of a book into ours")
    expected = "".join(f"{word}\t{count}\n" for word, count in sorted(counts.items()))
    if count_words(report, "on our file system", tusk.conf, []):
        report.equal(ours.run("-cat", "/counts/part-r-00000").out, expected, "counts on our file system")
    if count_words(report, "on Hadoop's HDFS", tusk.conf, ["-fs", hadoop.uri()]):
        report.equal(java.run("-cat", "/counts/part-r-00000").out, expected, "counts on Hadoop's HDFS")
        report.equal(java.run("-test", "-e", "/counts/_SUCCESS").status, 0, "_SUCCESS on Hadoop's HDFS")
    java.close()


def main() -> None:
    report = Report("hadoop_hdfs")
    with tempfile.TemporaryDirectory(prefix="tusk-interop-", dir=os.environ.get("TEST_TMPDIR")) as name:
        folder = pathlib.Path(name)
        report.part("start both clusters")
        with clusters.HadoopCluster(folder / "hadoop") as hadoop, clusters.TuskCluster(folder / "tusk") as tusk:
            report.part("the shells on both file systems")
            shell_parity.run_scenarios(report, {"Hadoop's HDFS": hadoop.conf, "Tusk's": tusk.conf}, [])
            report.part("300 MB")
            big_file(report, hadoop.conf, folder)
            report.part("word count")
            word_count(report, hadoop, tusk, folder)
            if report.failed:
                print(hadoop.complaints())
            report.part("stop both clusters")
    report.finish()


main()

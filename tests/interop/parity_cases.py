"""Commands that `tusk fs` and Hadoop's FsShell must answer alike: what they print and how they end.

The lines of a scenario run in order, in a directory of its own. {R} is that directory in the file
system, {L} a directory of this machine with the files that shell_parity.py makes. A line that
begins with "<text> " gives `text` to the command's standard input (\\n is a new line). Of one that
begins with "~ " the exit status alone is compared: it says the same in other words.

Before a file is appended to, -setrep -w waits until the namenode knows all its replicas. A put ends
with the first report of a datanode, and Hadoop's client wants a pipeline of three for an append: it
has the replica copied to a datanode whose report is still under way, which refuses, for it has it.
"""

SCENARIOS = {
    "mkdir": """
        -mkdir {R}/a
        -mkdir {R}/a
        -mkdir -p {R}/a
        -mkdir {R}/missing/child
        -mkdir -p {R}/p/q/r {R}/s
        -mkdir {R}/p/x {R}/nowhere/y {R}/p/z
        -touchz {R}/file
        -mkdir {R}/file
        -mkdir -p {R}/file
        -mkdir {R}/file/child
        -mkdir -p {R}/file/child
        -mkdir
        -mkdir -x {R}/b
        -mkdir {R}/trailing/
        -mkdir {R}//double//slash
        -mkdir -p {R}//double//slash
        -ls -R {R}
    """,
    "ls": """
        -mkdir -p {R}/d/e {R}/empty
        -put {L}/small {R}/d/small
        -put {L}/empty {R}/d/empty
        -put {L}/bytes {R}/d/e/bytes
        -ls {R}
        -ls {R}/d
        -ls {R}/d/small
        -ls {R}/d/small {R}/d/empty
        -ls {R}/d {R}/empty
        -ls {R}/empty
        -ls {R}/missing
        -ls {R}/missing {R}/d
        -ls -R {R}
        -ls -d {R}/d
        -ls -d {R}/d {R}/d/small
        -ls -h {R}/d/e
        -ls -C {R}/d
        -ls -C -R {R}
        -ls -r {R}/d
        -ls -S {R}/d/e {R}/d
        -ls -S -r {R}/d
        -ls -q {R}/d
        -ls {R}/d/*
        -ls -d {R}/d/*
        -ls {R}/d/s*
        -ls {R}/nothing*
        -ls {R}/d/[se]*
        -ls -d {R}/{{d,empty}}
        -ls {R}/d/?mall
        -ls -R -h {R}/d
        -ls -z {R}
        -ls {R}/d/small/below
        -ls {R}/d/
    """,
    "put": """
        -put {L}/small {R}/small
        -put {L}/small {R}/small
        -put -f {L}/bytes {R}/small
        -stat %b {R}/small
        -put {L}/missing {R}/x
        -put {L}/small {R}/missing/deep
        -put {L}/small {R}/missing/
        -mkdir {R}/dir
        -put {L}/small {R}/dir
        -put {L}/small {R}/dir/
        -put {L}/small {L}/bytes {R}/dir
        -put {L}/small {L}/empty {R}/dir
        -put {L}/small {L}/bytes {R}/nodir
        -put {L}/small {L}/bytes {R}/small
        -put {L}/tree {R}/dir
        -put {L}/tree {R}/fresh
        -put {L}/tree {R}/dir
        -put {L}/tree/* {R}/dir
        -put {L}/sma* {R}/globbed
        -put {L}/nothing* {R}/globbed2
        <from input\\n> -put - {R}/piped
        -cat {R}/piped
        <again> -put - {R}/piped
        <again> -put -f - {R}/piped
        -cat {R}/piped
        -put
        -put -p {L}/small {R}/kept
        -stat %y {R}/kept
        -put -l {L}/small {R}/lazy
        -put -d {L}/small {R}/direct
        -put -t 3 {L}/tree {R}/threads
        -put -t 2 -q 1 {L}/small {L}/bytes {R}/threads
        -copyFromLocal {L}/small {R}/copied
        -copyFromLocal {L}/small {R}/copied
        -copyFromLocal -f {L}/small {R}/copied
        -put {L}/small {R}/small/below
        -put -z {L}/small {R}/opt
        -ls -R {R}
    """,
    "move from local": """
        -mkdir {R}/dir
        -moveFromLocal {L}/scratch/one {R}/dir
        -moveFromLocal {L}/scratch/one {R}/dir
        -moveFromLocal {L}/scratch/two {R}/dir/renamed
        -ls -R {R}
        -put {L}/scratch/two {R}/gone
    """,
    "home": """
        -mkdir notes
        -touchz notes/a notes/b
        -ls
        -ls .
        -ls notes
        -ls notes/*
        -ls -d notes/../notes
        -cat notes/none
        -mv notes/a notes/c
        -cp notes/c notes/d
        -find notes
        -du notes
        -put {L}/small
        -cat small
        -rm small
        -rm -r notes
        -ls
    """,
    "get": """
        -put {L}/small {R}/small
        -put {L}/tree {R}/tree
        -get {R}/small {L}/out/small
        -get {R}/small {L}/out/small
        -get -f {R}/small {L}/out/small
        -get {R}/small {L}/out
        -get {R}/missing {L}/out/x
        -get {R}/small {L}/out/nodir/x
        -get {R}/tree {L}/out
        -get {R}/tree {L}/out
        -get {R}/tree {L}/out/fresh
        -get {R}/tree {R}/small {L}/out/none
        -get {R}/tr* {L}/out/globbed
        -get
        ~ -get -p {R}/small {L}/out/kept
        -get -t 3 {R}/tree {L}/out/threads
        -get -z {R}/small {L}/out/opt
        -copyToLocal {R}/small {L}/out/copied
        -copyToLocal {R}/small {L}/out/copied
        -get {R}/small {L}/out/direct/
        -get -ignoreCrc {R}/small {L}/out/nocrc
        -get -crc {R}/small {L}/out/crc
    """,
    "cat, head and tail": """
        -put {L}/small {R}/small
        -put {L}/empty {R}/empty
        -put {L}/lines {R}/lines
        -mkdir {R}/dir
        -cat {R}/small
        -cat {R}/empty
        -cat {R}/small {R}/missing {R}/small
        -cat {R}/dir
        -cat {R}/*
        -cat {R}/none*
        -cat
        -cat {R}/small/below
        -cat -ignoreCrc {R}/small
        -head {R}/lines
        -head {R}/small
        -head {R}/missing
        -head {R}/dir
        -head {R}/small {R}/lines
        -head
        -tail {R}/lines
        -tail {R}/small
        -tail {R}/empty
        -tail {R}/missing
        -tail {R}/dir
        -tail {R}/small {R}/lines
        -tail
    """,
    "rm": """
        -mkdir -p {R}/d/e {R}/full/x
        -put {L}/small {R}/one
        -put {L}/small {R}/two
        -put {L}/small {R}/d/three
        -rm {R}/one
        -rm {R}/one
        -rm -f {R}/one
        -rm {R}/d
        -rm {R}/d {R}/two
        -rm -r {R}/d
        -rm -R {R}/full
        -rm -r {R}/missing
        -rm -rf {R}/missing
        -rm -r -f {R}/missing
        -rm -f {R}/none*
        -rm {R}/none*
        -rm
        -rm -z {R}/x
        -touchz {R}/g1 {R}/g2 {R}/h1
        -rm {R}/g*
        -rm -skipTrash {R}/h1
        -rmr {R}
        -ls {R}
    """,
    "rmdir": """
        -mkdir -p {R}/empty {R}/full/x {R}/p/q
        -touchz {R}/file
        -rmdir {R}/empty
        -rmdir {R}/empty
        -rmdir {R}/full
        -rmdir --ignore-fail-on-non-empty {R}/full
        -rmdir {R}/file
        -rmdir {R}/p/q {R}/p
        -rmdir {R}/none*
        -rmdir
        -rmdir -p {R}/full
        -ls -R {R}
    """,
    "mv": """
        -mkdir -p {R}/d/e {R}/target
        -put {L}/small {R}/one
        -put {L}/bytes {R}/two
        -mv {R}/one {R}/uno
        -mv {R}/missing {R}/x
        -mv {R}/uno {R}/two
        -mv {R}/uno {R}/d
        -mv {R}/two {R}/d/uno
        -mv {R}/two {R}/d/dos
        -mv {R}/d/uno {R}/d/dos {R}/target
        -mv {R}/target/uno {R}/target/dos {R}/nodir
        -mv {R}/target/uno {R}/nodir/deep
        -mv {R}/d {R}/d/e
        -mv {R}/d {R}/d/e/f
        -mv {R}/d {R}/d
        -mv {R}/target/uno {R}/target/uno
        -mv {R}/target/uno {R}/target
        -mv {R}/target/* {R}/d
        -mv {R}/d {R}/target
        -mv {R}/target/d {R}/target/d
        -mkdir -p {R}/d/x
        -mv {R}/d {R}/target
        -mv {R}/target/d/uno {R}/target/d/dos/below
        -mv {R}/target
        -mv
        -mv file:///tmp/x {R}/y
        -ls -R {R}
    """,
    "cp": """
        -put {L}/small {R}/one
        -put {L}/tree {R}/tree
        -mkdir {R}/d
        -cp {R}/one {R}/two
        -cp {R}/one {R}/two
        -cp -f {R}/one {R}/two
        -cp -t 2 {R}/tree {R}/threads
        -cp {R}/one {R}/d
        -cp {R}/one {R}/d
        -cp {R}/one {R}/two {R}/d
        -cp {R}/one {R}/two {R}/nodir
        -cp {R}/missing {R}/x
        -cp {R}/one {R}/nodir/x
        -cp {R}/tree {R}/copy
        -cp {R}/tree {R}/copy
        -cp {R}/tree {R}/tree/a
        -cp {R}/tree {R}/tree
        -cp {R}/one {R}/one
        -cp -f {R}/one {R}/one
        -cp -p {R}/one {R}/kept
        -cp {R}/o* {R}/globbed
        -cp {R}/one
        -cp
        -cp -z {R}/one {R}/opt
        -ls -R {R}
    """,
    "du and count": """
        -mkdir -p {R}/d/e {R}/empty
        -put {L}/small {R}/d/small
        -put {L}/bytes {R}/d/e/bytes
        -put {L}/empty {R}/d/zero
        -du {R}
        -du {R}/d
        -du -s {R}
        -du -s {R}/d {R}/empty
        -du -h {R}
        -du -s -h {R}
        -du -v {R}/d
        -du -x {R}/d
        -du {R}/d/small
        -du -s {R}/d/small
        -du {R}/missing
        -du -s {R}/d/*
        -du {R}/empty
        -dus {R}/d
        -count {R}
        -count {R}/d {R}/empty
        -count -h {R}
        -count -v {R}
        -count -v -h {R}/d
        -count -q {R}
        -count -q -h {R}
        -count -q -v {R}
        -count -u {R}
        -count {R}/d/*
        -count {R}/missing
        -count {R}/missing {R}/d
        -count
        -count -z {R}
        -du -z {R}
        -mkdir -p {R}/long/a/b/c
        -put {L}/lines {R}/long/a/b/c/lines
        -du {R}/long/a/b
        -du -h {R}/long {R}/d
    """,
    "df": """
        -df /
        -df
        -df -h /
        -df {R}
        -df {R}/missing
        -df -z /
    """,
    "stat": """
        -put {L}/small {R}/small
        -mkdir {R}/dir
        -stat {R}/small
        -stat %n {R}/small
        -stat %N {R}/small
        -stat %b/%r/%F {R}/small
        -stat %b/%o/%r/%F {R}/dir
        -stat %u:%g {R}/small
        -stat %a_%A {R}/small
        -stat %a_%A {R}/dir
        -stat %y {R}/small
        -stat %x {R}/dir
        -stat %% {R}/small
        -stat %q {R}/small
        -stat end% {R}/small
        -stat %n {R}/*
        -stat {R}/missing
        -stat %n {R}/missing {R}/small
        -stat %n
        -stat
    """,
    "test": """
        -put {L}/small {R}/small
        -touchz {R}/zero
        -mkdir {R}/dir
        -test -e {R}/small
        -test -e {R}/missing
        -test -d {R}/dir
        -test -d {R}/small
        -test -f {R}/small
        -test -f {R}/dir
        -test -s {R}/small
        -test -s {R}/zero
        -test -z {R}/zero
        -test -z {R}/small
        -test -z {R}/missing
        -test -r {R}/small
        -test -w {R}/small
        -test -r {R}/missing
        -test -e {R}/none*
        -test -e {R}/sm*
        -test -e
        -test {R}/small
        -test -q {R}/small
        -test -e {R}/small {R}/missing
    """,
    "touchz": """
        -touchz {R}/a
        -touchz {R}/a
        -put {L}/small {R}/full
        -touchz {R}/full
        -mkdir {R}/dir
        -touchz {R}/dir
        -touchz {R}/missing/a
        -touchz {R}/b {R}/c
        -touchz
        -ls {R}
    """,
    "chmod": """
        -put {L}/small {R}/f
        -mkdir -p {R}/d/e
        -touchz {R}/d/g
        -chmod 600 {R}/f
        -ls {R}
        -chmod u+x {R}/f
        -chmod g+rw,o=r {R}/f
        -chmod a-x {R}/f
        -chmod +x {R}/f
        -chmod -R 750 {R}/d
        -ls -R {R}
        -chmod 1777 {R}/d
        -chmod o-t {R}/d
        -chmod u=rwX,g=rX {R}/d
        -chmod -R a+X {R}/d
        -ls -R {R}
        -chmod 888 {R}/f
        -chmod zzz {R}/f
        -chmod 600 {R}/missing
        -chmod 600 {R}/missing {R}/f
        -chmod 600
        -chmod
        -chmod 0644 {R}/f
        -chmod +t {R}/d
        -ls -R {R}
    """,
    "chown": """
        -put {L}/small {R}/f
        -mkdir -p {R}/d/e
        -chown bob {R}/f
        -chown bob:staff {R}/f
        -chown :crew {R}/d
        -chgrp team {R}/f
        -chown -R carol:crew {R}/d
        -ls -R {R}
        -chown bob {R}/missing
        -chown bad!name {R}/f
        -chown
        -chown bob
        -chgrp team {R}/missing
        -chgrp
        -chown : {R}/f
        -chown bob: {R}/f
        -chown a:b:c {R}/f
        -ls -R {R}
    """,
    "setrep": """
        -put {L}/small {R}/f
        -put {L}/small {R}/h
        -mkdir -p {R}/d/e
        -put {L}/small {R}/d/g
        -setrep 2 {R}/f
        -setrep 2 {R}/d
        -setrep -R 1 {R}/d
        -setrep -w 3 {R}/h
        -setrep 2 {R}/missing
        -setrep 0 {R}/f
        -setrep x {R}/f
        -setrep -1 {R}/f
        -setrep 2
        -setrep
        -setrep 600 {R}/f
        -ls -R {R}
    """,
    "getmerge": """
        -put {L}/tree {R}/tree
        -put {L}/small {R}/one
        -put {L}/lines {R}/two
        -getmerge {R}/one {R}/two {L}/out/both
        -getmerge {R}/tree {L}/out/tree-merged
        -getmerge -nl {R}/one {R}/two {L}/out/newlines
        -getmerge -nl -skip-empty-file {R}/tree {L}/out/skipped
        -getmerge {R}/missing {L}/out/nothing
        -getmerge {R}/one
        -getmerge
    """,
    "append": """
        -put {L}/small {R}/f
        -setrep -w 3 {R}/f
        -appendToFile {L}/small {L}/bytes {R}/f
        -stat %b {R}/f
        -setrep -w 3 {R}/f
        <more\\n> -appendToFile - {R}/f
        -tail {R}/f
        -appendToFile {L}/small {R}/new
        -cat {R}/new
        -setrep -w 3 {R}/f
        ~ -appendToFile {L}/missing {R}/f
        ~ -appendToFile {L}/small {R}
        -appendToFile {L}/small
        -appendToFile
        -stat %b {R}/f
    """,
    "find": """
        -mkdir -p {R}/d/e
        -touchz {R}/d/one.txt {R}/d/e/two.txt {R}/d/e/Three.TXT
        -find {R}
        -find {R} -name *.txt
        -find {R} -iname *.txt
        -find {R} -name e -print
        -find {R}/missing
        -find {R}/d {R}/missing -name e
        -find {R} -nosuch
        -find {R} -name *.txt -print0
        -find {R}/d/../d
        -find {R}/d/e/.. -name e
    """,
    "usage": """
        -nosuch
        ls
        -lss /
        -usage ls
        ~ -help mkdir
        -usage nosuch
        -help nosuch
    """,
    "odd names": """
        -mkdir {R}/with\\x20blank
        -touchz {R}/with\\x20blank/a\\x20b
        -touchz {R}/ünï-çødé
        -touchz {R}/plus+percent%41
        ~ -ls -R {R}
        -cat {R}/with\\x20blank/*
        -touchz {R}/./dot
        -touchz {R}/up/../top
        -mkdir {R}/x
        -touchz {R}/x/../top2
        -ls {R}/x/..
        -ls -d {R}/x/..
        -ls {R}/x/../nope
        -ls {R}//x/./..
        ~ -du {R}/x/..
        -rm -r {R}/x/../nope
        -rm {R}/x/../top2
        -stat %n {R}/ünï-çødé
        -rm {R}/plus+percent%41
    """,
    "other file systems": """
        ~ -ls hdfs://127.0.0.1:1/
        -ls nosuchscheme://host/
        -ls file://{L}/tree/three
        -ls file:{L}/tree/three
        -ls file://{L}/tree/t*
        -cat file://{L}/small
        -ls hdfs:///
        -put file://{L}/small {R}/small
        -cat {F}{R}/small
        -ls {F}{R}
        -cp file://{L}/small {F}{R}/two
        -cp {R}/small file://{L}/out/from-cp
        -ls file://{L}/missing
        -mv {R}/small file://{L}/out/moved
    """,
}

# What Hadoop's shell alone can do: the same on both file systems.
JAVA_SCENARIOS = {
    "times": """
        -mkdir {R}/d
        -put {L}/small {R}/f
        -touch {R}/new
        -touch -t 20200101:010203 {R}/f
        -stat %Y {R}/f
        -stat %X {R}/f
        -touch -m -t 20210101:010203 {R}/d
        -stat %Y {R}/d
        -touch -a -t 20220101:010203 {R}/f
        -stat %X {R}/f
        -touch -c {R}/missing
        -put -p {L}/small {R}/kept
        -ls -t {R}
    """,
    "checksums": """
        -put {L}/small {R}/small
        -put {L}/bytes {R}/bytes
        -put {L}/empty {R}/empty
        -mkdir {R}/d
        -checksum {R}/small
        -checksum {R}/bytes {R}/empty
        -checksum {R}/d
        -checksum {R}/missing
        -setrep -w 3 {R}/bytes
        -appendToFile {L}/small {R}/bytes
        -checksum {R}/bytes
    """,
    "what is asked with every listing": """
        -mkdir -p {R}/d/e
        -put {L}/lines {R}/d/f
        -ls -e {R}/d
        -count -e {R}/d
        -count -q -t {R}
        -count -s {R}
        -count -x -u -q -h -v {R}/d
        -getfacl {R}/d
        -getfacl -R {R}/d
        -getfattr -d {R}/d
        -text {R}/d/f
        -find {R} -name f -and -print
        -expunge
        -rm -r -safely {R}/d
    """,
}

# As somebody who owns nothing: what is refused, and how. {R} belongs to the superuser, mode 755;
# in it are private (700, with a file), open (777) and readable (644).
REFUSED = """
    -ls {R}
    -ls {R}/private
    -ls -R {R}
    -cat {R}/private/f
    -cat {R}/locked
    -put {L}/small {R}/x
    -put {L}/small {R}/private/x
    -put -f {L}/small {R}/readable
    -put {L}/small {R}/open/mine
    -mkdir {R}/x
    -mkdir {R}/private/x
    -rm {R}/readable
    -rm -r {R}/private
    ~ -rmdir {R}/private
    -mv {R}/readable {R}/open/readable
    -mv {R}/open/mine {R}/mine
    -mv {R}/open/mine {R}/open/moved
    -chmod 777 {R}/readable
    -chmod 600 {R}/open/moved
    -chown guest {R}/readable
    -chown root {R}/open/moved
    -chgrp staff {R}/open/moved
    -setrep 1 {R}/readable
    -touchz {R}/x
    -appendToFile {L}/small {R}/readable
    -test -r {R}/locked
    -test -w {R}/readable
    -test -r {R}/readable
    -stat %n {R}/private/f
    -du {R}
    -du -s {R}
    -count {R}
    -get {R}/locked {L}/out/locked
    -head {R}/locked
    -tail {R}/locked
    -find {R}
"""

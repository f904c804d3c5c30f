#!/bin/bash
# slurm.sh [N]: N submissions (200) are graded by Slurm, as an array job
# on this one machine. One task is requeued while it works, one is killed;
# nothing may be lost: as many students come out as were handed in, each
# with the points that it has without Slurm. Run by make test-slurm, not by
# make test: as root it installs slurm-wlm and munge where they are missing.
N=${1:-200}
. "${0%/*}/books.sh"
here=tests/course
sorry() { echo "test-slurm: $*" >&2; exit 2; }
missing=
for tool in slurmctld slurmd sbatch munged; do
  PATH=$PATH:/usr/sbin command -v $tool > /dev/null || missing="$missing $tool"
done
if [ -n "$missing" ]; then
  [ "$(id -u)" = 0 ] || sorry "missing:$missing; sudo apt-get install slurm-wlm munge"
  echo "test-slurm: installs slurm-wlm and munge, for:$missing"
  apt-get install -y --no-install-recommends slurm-wlm munge > "$work/log" 2>&1 ||
    { tail -n 3 "$work/log"; sorry 'slurm-wlm and munge cannot be installed'; }
fi
[ "$(id -u)" = 0 ] || sorry 'slurmd starts jobs as root: sudo make test-slurm'
tools/grade/safe || exit
export PATH=$PATH:/usr/sbin

# ---- Slurm on one node, all of it in $work; needs no cgroups
slurm=$work/slurm
mkdir -m 755 "$slurm" "$slurm"/{state,spool}
mkdir -m 700 "$slurm/key"
chmod 755 "$work"
head -c 1024 /dev/urandom > "$slurm/key/munge"; chmod 600 "$slurm/key/munge"
node=$(hostname -s)
port() { python3 -c 'import socket; s = socket.socket(); s.bind(("", 0)); print(s.getsockname()[1])'; }
cat > "$slurm/slurm.conf" <<CONF
ClusterName=class
SlurmctldHost=$node(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$slurm/munge.socket
CryptoType=crypto/munge
SlurmctldPort=$(port)
SlurmdPort=$(port)
SlurmctldPidFile=$slurm/slurmctld.pid
SlurmdPidFile=$slurm/slurmd.pid
SlurmctldLogFile=$slurm/slurmctld.log
SlurmdLogFile=$slurm/slurmd.log
StateSaveLocation=$slurm/state
SlurmdSpoolDir=$slurm/spool
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobAcctGatherType=jobacct_gather/none
MailProg=/bin/true
ReturnToService=2
KillWait=3
SchedulerParameters=batch_sched_delay=1,sched_interval=2
NodeName=$node NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES State=UP
CONF
export SLURM_CONF=$slurm/slurm.conf
started=()
begins() { "$@" >> "$slurm/said" 2>&1 & started+=($!); }
ends() {
  scancel --user=root > /dev/null 2>&1
  [ ${#started[@]} = 0 ] || kill "${started[@]}" 2> /dev/null
  wait
  rm -rf "$work"
}
trap ends EXIT
begins munged --foreground --force --socket="$slurm/munge.socket" --key-file="$slurm/key/munge" \
  --pid-file="$slurm/munge.pid" --log-file="$slurm/munge.log" --seed-file="$slurm/munge.seed"
for _ in $(seq 50); do [ -S "$slurm/munge.socket" ] && break; sleep 0.1; done
begins slurmctld -D -f "$SLURM_CONF"
begins slurmd -D -f "$SLURM_CONF"
for _ in $(seq 60); do
  case $(sinfo -h -o %T 2> /dev/null) in idle*|mixed*) break ;; esac
  sleep 0.5
done
case $(sinfo -h -o %T 2> "$work/log") in
  idle*|mixed*) ok ;;
  *) no 'Slurm does not start'; cat "$work/log"; tail -n 5 "$slurm"/*.log; summary; exit ;;
esac

# ---- N submissions, an array job of as many tasks as cores, and two more
. $here/class.sh
$here/compose base "$work/base"
class "$N" "$work/inbox"
grades=$work/grades
run() { make --no-print-directory "$@" GRADES="$grades" > "$work/log" 2>&1; }
sent() { sbatch --parsable --array="1-$(($(nproc) + 2))" --output="$work/said-%a" \
  tools/grade/array.sbatch "$grades"; }
graded() { find "$grades/results" -mindepth 2 -maxdepth 2 -name graded | wc -l; }
until_graded() { while [ "$(graded)" -lt "$1" ] && [ -n "$(squeue -h)" ]; do sleep 0.5; done; }
run grade-jobs SUBMISSIONS="$work/inbox" CH='0 1' LIMIT=2 || { cat "$work/log"; no 'make grade-jobs'; }
has 'how many' "$work/log" "$N to grade of $N"
run gradebook && no 'a gradebook of nothing' || has 'nobody is graded' "$work/log" "$N of $N are not graded"
begun=$SECONDS
array=$(sent)
until_graded $((N / 4))
requeued=$(squeue -h -t running -o %i | head -n 1)
scontrol requeue "$requeued" 2> "$work/log" || { cat "$work/log"; no 'a task is requeued'; }
until_graded $((N / 2))
task=$(squeue -h -t running -o %A | head -n 1)
victim=$(scontrol listpids "$task" 2> /dev/null | awk '$1 ~ /^[0-9]+$/ { print $1; exit }')
kill -9 "$victim" || no "task $task is not killed"
at_half=$(graded)
while [ -n "$(squeue -h)" ]; do sleep 1; done
echo "array job $array: $N submissions, $(graded) graded in $((SECONDS - begun)) s," \
  "task $requeued requeued, $task killed when $at_half were graded"
find "$grades/results" -name rows.tsv -printf '%P %T@ %i\n' | sort > "$work/first"
left=$((N - $(graded)))                # 0 if Slurm itself has begun the task again
if [ $left -gt 0 ]; then
  run gradebook && no 'some are missing' ||
    has 'who is missing' "$work/log" "$left of $N are not graded"
  run grade-jobs || { cat "$work/log"; no 'make grade-jobs again'; }
  has 'what is left' "$work/log" "$left to grade of $N"
  sent > "$work/log"
  while [ -n "$(squeue -h)" ]; do sleep 1; done
fi
find "$grades/results" -name rows.tsv -printf '%P %T@ %i\n' | sort > "$work/second"
is 'none is graded twice' "$(comm -23 "$work/first" "$work/second")" ''
run gradebook || { cat "$work/log"; no 'the gradebook'; }
is 'as many in as out' "$(wc -l < "$grades/totals.tsv")" "$N"
is 'in the matrix, too' "$(($(wc -l < "$grades/matrix.csv") - 1))" "$N"
while IFS=$'\t' read -r id raw _; do right "$id" "$raw"; done < "$grades/totals.tsv"
summary

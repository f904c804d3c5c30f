#!/bin/sh
# Backends from files, as guests write them: what is right is taken, what is
# wrong is refused with the reason, and nothing is left changed. And as many
# threads as the guest may use cores: affinity, and quotas of a control group.
# usage: plugins.sh CC TREE LIBRARY.a LIBRARY.so
cc=$1 include=$(realpath "$2/include") static=$(realpath "$3") shared=$(realpath -s "$4")
here=$(realpath "$(dirname "$0")")
. "$here/../lib/check.sh"
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT && cd "$dir" || exit
unset TT_PLUGIN TT_BACKEND

plugin() {                           # NAME FIELDS [FLAGS...]: a file NAME.so
  name=$1 fields=$2; shift 2
  { echo '#include "tt/plugin.h"'
    echo 'static int calls;'
    echo 'static void three(const Gemm *g) { calls++;'
    echo '  for (int64_t i = 0; i < g->m * g->n; i++) g->c[i] = 3; }'
    echo 'static bool never(void) { return false; }'
    echo "static Backend mine = { $fields };"
    echo 'const Backend *tt_backend_entry(const Backend *host) {'
    echo '  (void)host, (void)three, (void)never; return &mine; }'
  } > "$name.c"
  "$cc" -std=gnu17 -O2 -fPIC -I"$include" -c "$name.c" -o "$name.o" &&
    "$cc" -shared "$@" "$name.o" -o "$name.so"
}
rest='.abi = TT_BACKEND_ABI, .size = sizeof(Backend), .gemm = three'
plugin right ".name = \"mine\", $rest"
plugin fast ".name = \"mine\", $rest" -Ofast
plugin version '.name = "mine", .abi = 99, .size = sizeof(Backend)'
plugin size '.name = "mine", .abi = TT_BACKEND_ABI, .size = 80'
plugin nameless "$rest"
plugin taken ".name = \"simd\", $rest"
plugin circle ".name = \"mine\", .base = &mine, $rest"
plugin gap ".name = \"mine\", .base = &(Backend){ .name = \"none\" }, $rest"
plugin never ".name = \"mine\", .runs_here = never, $rest"
"$cc" -std=gnu17 -DTT_REAL=double -fPIC -shared -I"$include" right.c -o double.so
echo 'int x;' > empty.c && "$cc" -fPIC -shared empty.c -o empty.so

cat > host.c <<'END'
#include "tt/tt.h"
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
static volatile float tiny = 1e-30f;
static float denormal[64];
static void chunk(int64_t i, void *arg) { (void)arg; denormal[i] = tiny * 1e-10f; }

int main(int n, char **file) {
  for (int i = 1; i < n; i++)
    if (strcmp(file[i], "raw") == 0) dlopen(file[++i], RTLD_NOW);
    else tt_backend_load(file[i]);
  const Backend *k;
  for (int i = 0; (k = tt_backend_at(i)); i++)
    if (strcmp(k->name, "mine") == 0) tt_backend_use("mine");
  Tensor *a = tt_ones(TT_SHAPE(2, 2));
  printf("%s %g %g;", tt_backend->name, tt_get(tt_matmul(a, a), TT_INDEX(0, 1)),
         tt_get(tt_add(a, a), TT_INDEX(0, 1)));
  tt_set_num_threads(4);
  tt_parallel(64, chunk, NULL);
  int alive = 0;
  for (int i = 0; i < 64; i++) alive += denormal[i] > 0;
  printf(" %d denormals\n", alive);
  tt_clear();
}
END
"$cc" -std=gnu17 -O2 -I"$include" host.c "$static" -lz -lm -o with-a
"$cc" -std=gnu17 -O2 -I"$include" host.c "$shared" -lm -Wl,-rpath,"${shared%/*}" -o with-so

for host in ./with-a ./with-so; do
  check "$host: none" $host
  check 'the fastest' has log 'threads 2 2; 64 denormals'
  check "$host: a right one" $host ./right.so
  check 'its product, and sums of the host' has log 'mine 3 2; 64 denormals'
  check "$host: by the environment" env TT_PLUGIN=./right.so $host
  check 'its product' has log 'mine 3 2; 64 denormals'
  check "$host: a name goes before it" env TT_PLUGIN=./right.so TT_BACKEND=naive $host
  check "$host: linked with -Ofast" $host ./fast.so
  check 'denormals are as they were' has log 'mine 3 2; 64 denormals'
  check "$host: and loaded by another" $host raw ./fast.so
  case $(uname -m) in x86_64) check 'they are lost' has log '; 0 denormals' ;; esac
done
refused() {                          # TEXT FILE...
  why=$1; shift
  check "refused: $*" exits 134 ./with-a "$@"
  check "why: $*" has log "$why"
}
refused './no-such.so: cannot open' ./no-such.so
refused 'invalid ELF header' ./host.c
refused 'no tt_backend_entry in it' ./empty.so
refused 'no tt_built_for_float (is its Real' ./double.so
refused 'is of version 99 and' ./version.so
refused 'and 80 bytes, this library has version 1 and' ./size.so
refused 'no table with a name' ./nameless.so
refused "a backend is called 'simd' already" ./taken.so
refused 'does not run on this machine' ./never.so
refused "the base of 'mine' has not all kernels" ./circle.so
refused "the base of 'mine' has not all kernels" ./gap.so
refused 'a program has one plug-in' ./right.so ./fast.so

cat > cores.c <<'END'
#include "tt/tt.h"
#include <stdio.h>
int main(void) { printf("%d threads\n", tt_get_num_threads()); }
END
"$cc" -std=gnu17 -O2 -I"$include" cores.c "$static" -lz -lm -o cores
quota() { mkdir -p groups/a/b; echo "$2" > "groups/$1"; }
cores() { bwrap --dev-bind / / --bind groups /sys/fs/cgroup --bind self /proc/self/cgroup ./cores; }
check 'one core by affinity' taskset -c "$(taskset -cp $$ | sed 's/.*: *//; s/[-,].*//')" ./cores
check 'one thread' has log '1 threads'
check 'a wish goes before it' env TT_THREADS=3 ./cores
check 'three threads' has log '3 threads'
all=$(./cores)
if bwrap --dev-bind / / true 2> /dev/null; then
  echo '0::/a/b' > self
  quota cpu.max 'max 100000'; quota a/b/cpu.max 'max 100000'
  check 'no quota' cores
  check 'as many as there are' has log "$all"
  quota a/b/cpu.max '100000 100000'
  check 'a quota of one core' cores
  check 'one thread' has log '1 threads'
  quota a/b/cpu.max '50000 100000'
  check 'of half a core' cores
  check 'one thread' has log '1 threads'
  quota a/b/cpu.max 'max 100000'; quota a/cpu.max '199999 100000'
  check 'of a group around ours' cores
  check 'no more than its whole cores' has log '1 threads'
  check 'a wish goes before it' env TT_THREADS=3 bwrap --dev-bind / / --bind groups /sys/fs/cgroup ./cores
  check 'three threads' has log '3 threads'
  rm -r groups; mkdir -p groups/cpu/a/b       # version 1: a folder a controller
  v1() { echo "$2" > "groups/cpu/$1/cpu.cfs_quota_us"; echo 100000 > "groups/cpu/$1/cpu.cfs_period_us"; }
  printf '%s\n' '9:name=systemd:/x' '4:cpuset,cpuacct,cpu:/a/b' '2:cpuset:/a' '0::/' > self
  v1 a/b -1; v1 a -1
  check 'no quota in version 1' cores
  check 'as many as there are' has log "$all"
  v1 a/b 150000
  check 'a quota of one core and a half' cores
  check 'one thread' has log '1 threads'
  v1 a/b -1; v1 a 100000
  check 'of a group around ours' cores
  check 'one thread' has log '1 threads'
  echo '4:cpuacct:/a/b' > self
  check 'the group of another controller' cores
  check 'as many as there are' has log "$all"
fi
summary

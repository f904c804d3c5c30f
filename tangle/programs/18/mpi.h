// Made from chapters/18-acceleration.nw by tools/tangle: edit there.
// A group of ranks that are processes, on one machine or many.
#include <limits.h>
#include <mpi.h>
#include <tt/tt.h>

enum { UNDER_WAY = 1024 };
static MPI_Request request[UNDER_WAY];
static int under_way;

static void mpi_begin_sum(ProcessGroup *g, Real *x, int64_t n)
{
  (void)g;
  if (n > INT_MAX || under_way == UNDER_WAY)
    tt_fail(TT_EVALUE, "a sum of %lld numbers, and %d are under way;"
            " MPI takes %d numbers, and this program %d sums",
            (long long)n, under_way, INT_MAX, UNDER_WAY);
  MPI_Iallreduce(MPI_IN_PLACE, x, (int)n,
                 sizeof *x == 4 ? MPI_FLOAT : MPI_DOUBLE, MPI_SUM,
                 MPI_COMM_WORLD, &request[under_way++]);
}

static void mpi_go_on(ProcessGroup *g)
{
  int done;
  (void)g;
  MPI_Testall(under_way, request, &done, MPI_STATUSES_IGNORE);
}

static void mpi_finish(ProcessGroup *g)
{
  (void)g;
  MPI_Waitall(under_way, request, MPI_STATUSES_IGNORE);
  under_way = 0;
}

static void mpi_broadcast(ProcessGroup *g, void *at, int64_t bytes,
                          int from)
{
  (void)g;
  for (int64_t i = 0, n; i < bytes; i += n) {
    n = bytes - i < 1 << 30 ? bytes - i : 1 << 30;
    MPI_Bcast((char *)at + i, (int)n, MPI_BYTE, from, MPI_COMM_WORLD);
  }
}

static ProcessGroup *mpi_begin(int *argc, char ***argv)
{
  static ProcessGroup g = { .begin_sum = mpi_begin_sum,
    .go_on = mpi_go_on, .finish = mpi_finish,
    .broadcast = mpi_broadcast };
  MPI_Init(argc, argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &g.rank);
  MPI_Comm_size(MPI_COMM_WORLD, &g.size);
  return &g;
}

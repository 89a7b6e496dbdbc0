/* A durable private PostgreSQL for the benchmark: prints its socket's folder once it is migrated, and stops it at the end of its input. */
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/cluster.h"
#include "store/migrate.h"

static int run(const char *dir, struct store_cluster **c, struct err *err)
{
	CLEANUP(store_access_release) struct store_access owner = STORE_ACCESS_INIT;
	const struct store_cluster_opts o = {.dir = dir};
	char c1;
	int rc = store_cluster_start(&o, c, err);
	if (rc == 0)
		rc = store_cluster_access(*c, STORE_OWNER, &owner, err);
	if (rc == 0)
		rc = store_migrate(&owner, NULL, err);
	if (rc < 0)
		return rc;
	printf("%s\n", store_cluster_socket_dir(*c));
	fflush(stdout);
	while (read(STDIN_FILENO, &c1, 1) > 0)
		;
	return 0;
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT, ignored = ERR_INIT;
	struct store_cluster *c = NULL;
	if (argc != 2 || crypto_init(&err) < 0)
		return 2;
	int rc = run(argv[1], &c, &err);
	if (rc < 0)
		fprintf(stderr, "bench_cluster: %s\n", err.msg);
	if (c && store_cluster_stop(c, &ignored) < 0)
		fprintf(stderr, "bench_cluster: %s\n", ignored.msg);
	store_cluster_free(c);
	return rc < 0;
}

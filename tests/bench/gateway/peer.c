/*
 * The peers of the gateway's bench: the least that a C program with an HTTP library does for the same answers.
 *
 * Usage: peer PORT FILE               answers with the bytes of FILE
 *        peer PORT CONNINFO QUERY     answers with the first cell of a prepared QUERY
 */
#include <libpq-fe.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char file[1 << 20];
static size_t file_len;
static PGconn *pg;

static enum MHD_Result queue(struct MHD_Connection *c, void *bytes, size_t len,
			     enum MHD_ResponseMemoryMode mode)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(len, bytes, mode);
	MHD_add_response_header(r, "Content-Type", "application/json");
	enum MHD_Result rc = MHD_queue_response(c, 200, r);
	MHD_destroy_response(r);
	return rc;
}

static enum MHD_Result answer(void *state, struct MHD_Connection *c, const char *url,
			      const char *method, const char *version, const char *data,
			      size_t *len, void **call)
{
	static int seen;
	(void)state, (void)url, (void)method, (void)version, (void)data, (void)len;
	if (!*call) {
		*call = &seen;
		return MHD_YES;
	}
	if (!pg)
		return queue(c, file, file_len, MHD_RESPMEM_PERSISTENT);
	PGresult *res = PQexecPrepared(pg, "q", 0, NULL, NULL, NULL, 0);
	if (PQresultStatus(res) != PGRES_TUPLES_OK || PQntuples(res) == 0)
		abort();
	enum MHD_Result rc = queue(c, PQgetvalue(res, 0, 0), (size_t)PQgetlength(res, 0, 0),
				   MHD_RESPMEM_MUST_COPY);
	PQclear(res);
	return rc;
}

int main(int argc, char **argv)
{
	if (argc == 3) {
		FILE *f = fopen(argv[2], "rb");
		if (!f)
			return 1;
		file_len = fread(file, 1, sizeof(file), f);
		fclose(f);
	} else if (argc == 4) {
		pg = PQconnectdb(argv[2]);
		PQclear(PQprepare(pg, "q", argv[3], 0, NULL));
		if (PQstatus(pg) != CONNECTION_OK) {
			fprintf(stderr, "%s", PQerrorMessage(pg));
			return 1;
		}
	} else {
		return 2;
	}
	struct MHD_Daemon *d = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD,
						(uint16_t)atoi(argv[1]), NULL, NULL, answer, NULL,
						MHD_OPTION_CONNECTION_LIMIT, 2048u, MHD_OPTION_END);
	if (!d)
		return 1;
	pause();
	return 0;
}

/* What ends sync each time it is judged is counted, so that it does not do it for ever. */
#include "agent/sync_int.h"

/*
 * A commit whose pass ends sync each time would end it for ever. Until one pass has come to its end, which a process that was born after a death has not seen,
 * each is counted before it begins; that costs a healthy process one small transaction in its life.
 */
int sync_source_attempt(struct sync_source *src, bool *ret_held, struct err *err)
{
	struct sync *s = src->up;
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	char hex[65];
	int tries = 0;
	if (src->passed ||
	    (tree_id_equal(&src->tried, &src->tip) && src->tried_token == src->request_token))
		return 0;
	int rc = store_txn_begin(s->ctx->store, STORE_FENCED, s->actor, worker_lease(s->worker), &t,
				 err);
	if (rc == 0)
		rc = store_source_try(t, str_of(src->name), str_of(tree_id_hex(&src->tip, hex)),
				      src->request_token, &tries, err);
	if (rc == 0)
		rc = store_txn_commit(t, NULL, err);
	if (rc < 0)
		return rc;
	src->tried = src->tip;
	src->tried_token = src->request_token;
	*ret_held = tries > SYNC_ATTEMPTS;
	return 0;
}

/*
 * The private cluster, inside: where its programs, folder and user are (cluster_setup.c), how its postmaster is found, started and
 * watched (cluster.c), and its database and roles (cluster_roles.c).
 */
#ifndef STORE_CLUSTER_INT_H
#define STORE_CLUSTER_INT_H

#include "base/child.h"
#include "store/cluster.h"

struct store_cluster {
	char *dir; /* state folder */
	char *data; /* dir/postgres */
	char *log; /* dir/postgres.log */
	char *bindir;
	char *socket_dir;
	char user[64]; /* whom the server runs as */
	uid_t uid;
	gid_t gid;
	bool drop_user; /* we are root and it is not */
	int version; /* major */
	bool loose, adopted;
	int64_t start_timeout_ms;
	int lock_fd; /* held while the struct lives: one parent per state folder */
	pid_t pid;
	int pidfd;
	bool ours; /* our child: to be reaped */
	struct secret passwords[STORE_ROLES_];
};

/* The user, the programs, the folder and the socket's folder; initdb when the folder is new. */
NODISCARD int cluster_find_user(struct store_cluster *c, const char *wanted, struct err *err);
NODISCARD int cluster_find_programs(struct store_cluster *c, const char *bindir, struct err *err);
/* Where its socket is: in the state folder, or, where that path is too long, in a short one. */
void cluster_name_socket_dir(struct store_cluster *c);
NODISCARD int cluster_prepare(struct store_cluster *c, struct err *err);
/* Runs a program of PostgreSQL's as its user to the end. Errors: ERR_DATABASE with what it printed last. */
NODISCARD int cluster_run(struct store_cluster *c, const char *const *argv, int64_t timeout_ms,
			  struct err *err);
/* pg_hba.conf and pg_ident.conf: the owner by peer, the roles by password. */
NODISCARD int cluster_write_access(struct store_cluster *c, struct err *err);
NODISCARD int cluster_chown(struct store_cluster *c, const char *path, struct err *err);

/* Starts a postmaster; does not wait for it. */
NODISCARD int cluster_launch(struct store_cluster *c, struct err *err);

/* Database, roles and fresh passwords; the server accepts connections. */
NODISCARD int cluster_make_roles(struct store_cluster *c, struct err *err);
/* Connects once as the owner. ERR_UNAVAILABLE while it starts. */
NODISCARD int cluster_ping(struct store_cluster *c, struct err *err);

#endif

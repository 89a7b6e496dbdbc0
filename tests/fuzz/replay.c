/*
 * Feeds every file of the files and folders named to the fuzz target it is linked with, and
 * says how many there were. Needs no fuzzer. A target that aborts ends this program; the name
 * of the input is the last line on stderr when REPLAY_VERBOSE is set.
 */
#include <dirent.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/mem.h"
#include "tests/fuzz/fuzz.h"

static unsigned count;

static bool replay_file(const char *path)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(64u << 20);
	struct err err = ERR_INIT;
	if (getenv("REPLAY_VERBOSE"))
		fprintf(stderr, "%s\n", path);
	if (io_read_file(path, &b, &err) < 0) {
		fprintf(stderr, "%s\n", err.msg);
		return false;
	}
	/* A copy of exactly the size, so that a read past the end is seen. */
	CLEANUP_FREE uint8_t *data = mem_dup(buf_cstr(&b), b.len);
	LLVMFuzzerTestOneInput(data, b.len);
	count++;
	return true;
}

static bool replay(const char *path)
{
	struct stat st;
	if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
		return replay_file(path);
	struct dirent **entries = NULL;
	int n = scandir(path, &entries, NULL, alphasort);
	bool ok = n >= 0;
	if (!ok)
		fprintf(stderr, "%s cannot be read\n", path);
	for (int i = 0; i < n; i++) {
		CLEANUP_FREE char *file = io_join(path, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.')
			ok &= replay(file);
		free(entries[i]);
	}
	free(entries);
	return ok;
}

int main(int argc, char **argv)
{
	bool ok = argc > 1;
	for (int i = 1; i < argc; i++)
		ok &= replay(argv[i]);
	printf("%u\n", count);
	return ok && count ? 0 : 1;
}

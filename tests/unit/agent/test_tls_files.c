/* Certificate and key on disk: read once at the start, and again whenever both have changed and stand still. */
#include "agent/gateway/tls_files.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "tests/unit/support.h"

static char *cert, *key;
static struct tls_pair pair;

static void begin(void)
{
	const char *dir = support_dir();
	assert_ok(crypto_init(&support_err));
	cert = mem_printf("%s/cert.pem", dir);
	key = mem_printf("%s/key.pem", dir);
}

static void write_to(const char *path, const char *text, mode_t mode)
{
	assert_ok(io_write_file(path, str_of(text), mode, &support_err));
	ck_assert_int_eq(chmod(path, mode), 0);
}

static void assert_pair(const char *certificate, const char *secret)
{
	ck_assert_str_eq(buf_cstr(&pair.certificate), certificate);
	assert_str(secret_lend(&pair.key), secret);
	tls_pair_release(&pair);
}

START_TEST(both_files_are_read)
{
	begin();
	write_to(cert, "C\n", 0644);
	write_to(key, "K\n", 0600);
	assert_ok(tls_pair_read(cert, key, &pair, &support_err));
	assert_pair("C\n", "K\n");
	write_to(key, "K2", 0640);
	assert_ok(tls_pair_read(cert, key, &pair, &support_err));
	assert_pair("C\n", "K2");
}
END_TEST

START_TEST(a_key_that_others_may_touch_is_refused)
{
	static const mode_t modes[] = {0644, 0604, 0602, 0601, 0666};
	begin();
	write_to(cert, "C", 0644);
	write_to(key, "K", modes[_i]);
	assert_err(tls_pair_read(cert, key, &pair, &support_err), ERR_DENIED,
		   "key.pem is open to everybody (mode 06");
	ck_assert(strstr(support_err.remedy, "chmod 600 "));
}
END_TEST

START_TEST(what_cannot_be_read_says_which_file)
{
	begin();
	assert_err(tls_pair_read(cert, key, &pair, &support_err), ERR_NOT_FOUND,
		   "cert.pem: there is no such file");
	write_to(cert, "C", 0644);
	assert_err(tls_pair_read(cert, key, &pair, &support_err), ERR_NOT_FOUND,
		   "key.pem: there is no such file");
	assert_err(tls_pair_read("/", key, &pair, &support_err), ERR_IO, "/ is not a file");
	assert_err(tls_pair_read("/dev/zero", key, &pair, &support_err), ERR_IO, "is not a file");
	CLEANUP(buf_release) struct buf big = BUF_INIT(BUF_MAX);
	buf_add_repeat(&big, 'x', TLS_CERTIFICATE_MAX);
	write_to(cert, buf_cstr(&big), 0644);
	write_to(key, "K", 0600);
	assert_ok(tls_pair_read(cert, key, &pair, &support_err));
	tls_pair_release(&pair);
	buf_add_char(&big, 'x');
	write_to(cert, buf_cstr(&big), 0644);
	assert_err(tls_pair_read(cert, key, &pair, &support_err), ERR_TOO_LARGE, "cert.pem");
	write_to(cert, "C", 0644);
	buf_reset(&big);
	buf_add_repeat(&big, 'x', TLS_KEY_MAX + 1);
	write_to(key, buf_cstr(&big), 0600);
	assert_err(tls_pair_read(cert, key, &pair, &support_err), ERR_TOO_LARGE, "key.pem");
}
END_TEST

static struct tls_files *start(void)
{
	struct tls_files *f = NULL;
	assert_ok(tls_files_start(str_of(cert), str_of(key), &f, &support_err));
	return f;
}

#define next(f) tls_files_next(f, 20000, &pair, &support_err)

START_TEST(the_first_pair_comes_at_once_and_later_ones_when_they_change)
{
	begin();
	write_to(cert, "C1", 0644);
	write_to(key, "K1", 0600);
	struct tls_files *f = start();
	assert_ok(next(f));
	assert_pair("C1", "K1");
	assert_err(tls_files_next(f, 2 * TLS_LOOK_MS, &pair, &support_err), ERR_TIMEOUT, "in time");
	write_to(cert, "C2", 0644);
	write_to(key, "K2", 0600);
	assert_ok(next(f));
	assert_pair("C2", "K2");
	/* The largest there may be. */
	CLEANUP(buf_release) struct buf big = BUF_INIT(BUF_MAX);
	buf_add_repeat(&big, 'x', TLS_CERTIFICATE_MAX);
	CLEANUP(buf_release) struct buf other = BUF_INIT(BUF_MAX);
	buf_add_repeat(&other, 'y', TLS_KEY_MAX);
	write_to(cert, buf_cstr(&big), 0644);
	write_to(key, buf_cstr(&other), 0600);
	assert_ok(next(f));
	ck_assert_uint_eq(pair.certificate.len, TLS_CERTIFICATE_MAX);
	ck_assert_uint_eq(secret_lend(&pair.key).len, TLS_KEY_MAX);
	tls_pair_release(&pair);
	tls_files_stop(f);
}
END_TEST

START_TEST(links_that_are_turned_are_noticed)
{
	begin();
	CLEANUP_FREE char *new_cert = mem_printf("%s.new", cert);
	write_to(new_cert, "C", 0644);
	write_to(key, "K", 0600);
	CLEANUP_FREE char *link = mem_printf("%s.link", cert);
	ck_assert_int_eq(symlink(new_cert, link), 0);
	struct tls_files *f = NULL;
	assert_ok(tls_files_start(str_of(link), str_of(key), &f, &support_err));
	assert_ok(next(f));
	assert_pair("C", "K");
	write_to(cert, "D", 0644);
	ck_assert_int_eq(unlink(link), 0);
	ck_assert_int_eq(symlink(cert, link), 0);
	assert_ok(next(f));
	assert_pair("D", "K");
	tls_files_stop(f);
}
END_TEST

START_TEST(what_is_wrong_is_told_once_and_put_right_again)
{
	begin();
	write_to(cert, "C", 0644);
	write_to(key, "K", 0644);
	struct tls_files *f = start();
	assert_err(next(f), ERR_DENIED, "is open to everybody");
	assert_err(tls_files_next(f, 3 * TLS_LOOK_MS, &pair, &support_err), ERR_TIMEOUT, "");
	ck_assert_int_eq(chmod(key, 0600), 0);
	assert_ok(next(f));
	assert_pair("C", "K");
	ck_assert_int_eq(unlink(cert), 0);
	assert_err(next(f), ERR_NOT_FOUND, "there is no such file");
	tls_files_stop(f);
}
END_TEST

START_TEST(the_end_of_the_process_is_known)
{
	begin();
	write_to(cert, "C", 0644);
	write_to(key, "K", 0600);
	struct tls_files *f = start();
	assert_ok(next(f));
	tls_pair_release(&pair);
	/* Its only child. */
	CLEANUP(buf_release) struct buf children = BUF_INIT(4096);
	CLEANUP_FREE char *list = mem_printf("/proc/self/task/%d/children", (int)getpid());
	int64_t pid = 0;
	assert_ok(io_read_file(list, &children, &support_err));
	ck_assert(str_to_i64(str_trim(buf_str(&children)), &pid));
	ck_assert_int_eq(kill((pid_t)pid, SIGKILL), 0);
	assert_err(next(f), ERR_UNAVAILABLE, "has ended");
	tls_files_stop(f);
	tls_files_stop(NULL);
}
END_TEST

static const struct support_case cases[] = {
	CASE(both_files_are_read),
	CASE_LOOP(a_key_that_others_may_touch_is_refused, 5),
	CASE(what_cannot_be_read_says_which_file),
	CASE_SLOW(the_first_pair_comes_at_once_and_later_ones_when_they_change, 60),
	CASE_SLOW(links_that_are_turned_are_noticed, 60),
	CASE_SLOW(what_is_wrong_is_told_once_and_put_right_again, 60),
	CASE_SLOW(the_end_of_the_process_is_known, 60),
	{0}};

int main(void)
{
	return support_main("agent/tls_files", cases);
}

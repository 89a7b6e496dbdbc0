/*
 * Functions that have a safer neighbour; using one is a compile error that names it.
 * (git banned.h.)
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

/* The declarations must be seen before the names are poisoned. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BANNED(f, instead) sorry_##f##_is_banned_use_##instead

#undef strcpy
#define strcpy(a, b) BANNED(strcpy, buf)
#undef strcat
#define strcat(a, b) BANNED(strcat, buf)
#undef strncpy
#define strncpy(a, b, n) BANNED(strncpy, buf)
#undef strncat
#define strncat(a, b, n) BANNED(strncat, buf)
#undef sprintf
#define sprintf(...) BANNED(sprintf, snprintf_or_buf)
#undef vsprintf
#define vsprintf(...) BANNED(vsprintf, vsnprintf)
#undef strtok
#define strtok(a, b) BANNED(strtok, str_split)
#undef atoi
#define atoi(a) BANNED(atoi, str_to_i64)
#undef atol
#define atol(a) BANNED(atol, str_to_i64)
#undef gmtime
#define gmtime(a) BANNED(gmtime, gmtime_r)
#undef localtime
#define localtime(a) BANNED(localtime, localtime_r)
#undef ctime
#define ctime(a) BANNED(ctime, clock_format)
#undef asctime
#define asctime(a) BANNED(asctime, clock_format)
#undef system
#define system(a) BANNED(system, child_start)
#undef popen
#define popen(a, b) BANNED(popen, child_start)
#undef gets
#define gets(a) BANNED(gets, buf)

#endif

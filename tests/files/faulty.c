/* Preloaded into examples/serve: some names cannot be looked up. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fault(const char *path) {
    return strstr(path, "/EIO")                ? EIO
           : strstr(path, "/index/index.html") ? EIO
           : strstr(path, "/gzipped.css.gz")   ? EIO
           : strstr(path, "/ESTALE")           ? ESTALE
           : strstr(path, "/ENOMEM")           ? ENOMEM
           : strstr(path, "/EACCES")           ? EACCES
           : strstr(path, "/ELOOP")            ? ELOOP
                                               : 0;
}

/* Resolves a path with a link in it. Rust passes no buffer. */
char *realpath(const char *path, char *resolved) {
    (void)resolved;
    errno = strstr(path, "/a.txt.") ? EIO : fault(path);
    return errno ? NULL : canonicalize_file_name(path);
}

/* Looks at one name. The last is one that a list of its directory still has. */
int statx(int directory, const char *path, int flags, unsigned mask, struct statx *found) {
    errno = strcmp(path, "VANISHED") ? fault(path) : ENOENT;
    return errno ? -1 : (int)syscall(SYS_statx, directory, path, flags, mask, found);
}

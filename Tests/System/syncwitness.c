// SPDX-License-Identifier: GPL-3.0-or-later
/// Writes down what the kernel has said is on the disk: put in front of the C library with LD_PRELOAD, it adds to the file that SYNC_WITNESS
/// names a line for each fsync and fdatasync that has succeeded:
///   F SIZE PATH    of a file: its size before the call
///   D NAME/NAME/… PATH    of a folder: what was in it before the call
///
/// What it says of a file that has another name by then is about the name at the time of the call.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int log_file(void) {
    static int file = -1;
    const char *path = getenv("SYNC_WITNESS");
    if (file < 0 && path) file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    return file;
}

static int describe(int fd, char *line, size_t room) {
    struct stat status;
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0 || fstat(fd, &status) < 0) return 0;
    path[length] = 0;
    if (!S_ISDIR(status.st_mode)) return snprintf(line, room, "F %lld %s\n", (long long)status.st_size, path);
    char names[8192] = "";
    size_t used = 0;
    DIR *folder = opendir(path);
    if (!folder) return 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        size_t count = strlen(entry->d_name);
        if (entry->d_name[0] == '.' || used + count + 2 > sizeof names) continue;
        memcpy(names + used, entry->d_name, count);
        used += count;
        names[used++] = '/';
        names[used] = 0;
    }
    closedir(folder);
    return snprintf(line, room, "D %s %s\n", names, path);
}

static int witness(int fd, const char *name) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    char line[PATH_MAX + 8300];
    int length = describe(fd, line, sizeof line);
    int status = real(fd);
    int number = errno;
    // One write, so that lines of several threads stay whole.
    if (status == 0 && length > 0 && write(log_file(), line, length) < 0) abort();
    errno = number;
    return status;
}

int fsync(int fd) { return witness(fd, "fsync"); }
int fdatasync(int fd) { return witness(fd, "fdatasync"); }

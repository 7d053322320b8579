// SPDX-License-Identifier: GPL-3.0-or-later
/// A kernel's Bluetooth sockets for a machine that has none: put in front of the C library with LD_PRELOAD, it gives a program
/// AF_UNIX sockets where it asks for AF_BLUETOOTH, so that an unmodified libbluetooth talks to a test.
///
/// FAKE_BLUETOOTH names the folder of the test's listening sockets:
///   hciN            adapter N; the adapter is there when this is. Packets of H4, as on a raw HCI socket.
///   hciN.down       it is off; HCIDEVUP removes this
///   hciN.rfkill     it cannot be switched on
///   noadmin, noraw  the process lacks CAP_NET_ADMIN, CAP_NET_RAW, whatever it has
///   rights          the process needs those that it does not lack by these, as with a real kernel
///   announcements   what comes and goes
///   XXXXXXXXXXXX-T  a sensor that takes connections: address, most significant byte first, and its type (1 public, 2 random)
///   XXXXXXXXXXXX-T.key    the level of the key that the kernel has for it: 2 or 3; without a file there is none, and pairing fails
///
/// A link that becomes safe brings the sensor one byte: the level; one on which pairing fails, a 0. No PDU is that byte alone.
///
/// A socket's filter may be set once; a second time fails, because the daemon promises not to.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

// The kernel's numbers and structures, as <bluetooth/bluetooth.h>, <bluetooth/hci.h> and <bluetooth/l2cap.h> have them; not included,
// so that a mistake in how the daemon uses those headers is not made twice.
enum { FAMILY = 31, PROTOCOL_L2CAP = 0, PROTOCOL_HCI = 1, LEVEL_HCI = 0, OPTION_FILTER = 2, NO_ADAPTER = 0xFFFF,
       LEVEL_BLUETOOTH = 274, OPTION_SECURITY = 4 };
struct hci_address { unsigned short family, adapter, channel; };
struct l2cap_address { unsigned short family, psm; unsigned char address[6]; unsigned short channel; unsigned char type; };
struct adapter_information { unsigned short index; char name[8]; unsigned char address[6]; unsigned int flags; };

enum kind { OTHER, HCI, HCI_FILTERED, L2CAP };
enum { DESCRIPTORS = 1024 };
static _Atomic int kinds[DESCRIPTORS];
static _Atomic int pending[DESCRIPTORS];
static char peers[DESCRIPTORS][24];

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static const char *folder(void) { return getenv("FAKE_BLUETOOTH"); }

static int kind(int fd) { return fd >= 0 && fd < DESCRIPTORS ? kinds[fd] : OTHER; }

static int is_there(const char *name) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder(), name);
    return access(path, F_OK) == 0;
}

static int fail(int number) {
    errno = number;
    return -1;
}

/// Whether the process may do what wants this capability: by its own effective set where the test asks for that.
static int may(int capability, const char *denial) {
    if (is_there(denial)) return 0;
    if (!is_there("rights")) return 1;
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};
    if (syscall(SYS_capget, &header, data) != 0) return 0;
    return (data[capability / 32].effective >> capability % 32 & 1) != 0;
}

static int connect_to(int fd, const char *name) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", folder(), name);
    return REAL(connect)(fd, (struct sockaddr *)&address, sizeof address);
}

int socket(int family, int type, int protocol) {
    if (family != FAMILY || !folder()) return REAL(socket)(family, type, protocol);
    int fd = REAL(socket)(AF_UNIX, SOCK_SEQPACKET | (type & (SOCK_NONBLOCK | SOCK_CLOEXEC)), 0);
    if (fd >= DESCRIPTORS) abort();
    if (fd >= 0) {
        kinds[fd] = protocol == PROTOCOL_HCI ? HCI : L2CAP;
        pending[fd] = 0;
    }
    return fd;
}

int close(int fd) {
    if (fd >= 0 && fd < DESCRIPTORS) kinds[fd] = OTHER;
    return REAL(close)(fd);
}

int bind(int fd, const struct sockaddr *address, socklen_t length) {
    switch (kind(fd)) {
    case HCI:
    case HCI_FILTERED: {
        const struct hci_address *hci = (const void *)address;
        char name[32];
        snprintf(name, sizeof name, hci->adapter == NO_ADAPTER ? "announcements" : "hci%u", hci->adapter);
        return connect_to(fd, name) == 0 ? 0 : fail(ENODEV);
    }
    // Which adapter it goes over makes no difference here; channel 4 does.
    case L2CAP: return ((const struct l2cap_address *)(const void *)address)->channel == 4 ? 0 : fail(EINVAL);
    default: return REAL(bind)(fd, address, length);
    }
}

int connect(int fd, const struct sockaddr *address, socklen_t length) {
    if (kind(fd) != L2CAP) return REAL(connect)(fd, address, length);
    const struct l2cap_address *peer = (const void *)address;
    // The kernel refuses a channel and a PSM together.
    if (peer->channel != 4 || peer->psm != 0) return fail(EINVAL);
    const unsigned char *a = peer->address;
    char name[32];
    snprintf(name, sizeof name, "%02X%02X%02X%02X%02X%02X-%u", a[5], a[4], a[3], a[2], a[1], a[0], peer->type);
    // As with the kernel, how it ended is told later.
    pending[fd] = connect_to(fd, name) == 0 ? 0 : EHOSTDOWN;
    snprintf(peers[fd], sizeof peers[fd], "%s", name);
    return fail(EINPROGRESS);
}

int getsockopt(int fd, int level, int option, void *value, socklen_t *length) {
    if (kind(fd) == L2CAP && level == SOL_SOCKET && option == SO_ERROR && *length >= sizeof(int)) {
        int number = pending[fd];
        if (number != 0) {
            pending[fd] = 0;
            memcpy(value, &number, sizeof number);
            return 0;
        }
    }
    return REAL(getsockopt)(fd, level, option, value, length);
}

/// A level above low needs a key: with one the link becomes safe, without one the kernel tries to pair, and the sensor hangs up.
static int set_security(int fd, const void *value, socklen_t length) {
    unsigned char level, key = '0';
    if (length < 1) return fail(EINVAL);
    memcpy(&level, value, 1);
    if (level < 2) return 0;
    char path[256];
    snprintf(path, sizeof path, "%s/%s.key", folder(), peers[fd]);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        if (read(file, &key, 1) != 1) key = '0';
        close(file);
    }
    unsigned char word = key - '0' >= level ? level : 0;
    if (send(fd, &word, 1, MSG_NOSIGNAL) != 1) return -1;
    return word > 0 ? 0 : shutdown(fd, SHUT_RDWR);
}

int setsockopt(int fd, int level, int option, const void *value, socklen_t length) {
    switch (kind(fd)) {
    case HCI:
        if (level != LEVEL_HCI || option != OPTION_FILTER) return fail(ENOPROTOOPT);
        kinds[fd] = HCI_FILTERED;
        return 0;
    case HCI_FILTERED: return fail(EALREADY);
    case L2CAP:
        if (level == LEVEL_BLUETOOTH && option == OPTION_SECURITY) return set_security(fd, value, length);
        return REAL(setsockopt)(fd, level, option, value, length);
    default: return REAL(setsockopt)(fd, level, option, value, length);
    }
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    // Commands are sent with this.
    if ((kind(fd) == HCI || kind(fd) == HCI_FILTERED) && !may(CAP_NET_RAW, "noraw")) return fail(EPERM);
    return REAL(writev)(fd, parts, count);
}

static int adapter_request(unsigned long number, unsigned long argument) {
    char name[32];
    // _IOW('H', 201, int) up, _IOW('H', 202, int) down, _IOR('H', 211, int) information; the direction does not matter here.
    switch (number & 0xFF) {
    case 201:
    case 202: {
        snprintf(name, sizeof name, "hci%lu", argument);
        if (!is_there(name)) return fail(ENODEV);
        if (!may(CAP_NET_ADMIN, "noadmin")) return fail(EPERM);
        snprintf(name, sizeof name, "hci%lu.rfkill", argument);
        if (is_there(name)) return fail(132 /* ERFKILL */);
        char path[256];
        snprintf(path, sizeof path, "%s/hci%lu.down", folder(), argument);
        if ((number & 0xFF) == 201) {
            unlink(path);
            return 0;
        }
        int file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
        return file < 0 ? -1 : close(file);
    }
    case 211: {
        struct adapter_information *information = (void *)argument;
        snprintf(name, sizeof name, "hci%u", information->index);
        if (!is_there(name)) return fail(ENODEV);
        memcpy(information->name, name, sizeof information->name);
        const unsigned char address[6] = {information->index & 0xFF, 0x71, 0xDA, 0x7D, 0x1A, 0x00};
        memcpy(information->address, address, sizeof address);
        snprintf(name, sizeof name, "hci%u.down", information->index);
        information->flags = is_there(name) ? 0 : 1;
        return 0;
    }
    default: return fail(EINVAL);
    }
}

int ioctl(int fd, unsigned long request, ...) {
    va_list arguments;
    va_start(arguments, request);
    unsigned long argument = va_arg(arguments, unsigned long);
    va_end(arguments);
    if (kind(fd) == HCI || kind(fd) == HCI_FILTERED) return adapter_request(request, argument);
    return REAL(ioctl)(fd, request, argument);
}

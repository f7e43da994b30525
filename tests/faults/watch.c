/* watch [-l LOG] [-k N] [-f N:ERRNO | -F N:ERRNO] [-c FILE] -- PROGRAM ARGUMENTS...

   Runs a program and stops it at each system call that changes a file system (in all its threads and children), by a seccomp
   filter and ptrace: no rights are needed. -l writes a line for each, "call<TAB>path", the path as the kernel will find it:
   the directory's real place and the last component, which is not followed. -k kills the program with SIGKILL in place of the
   N-th of these calls. -f has the N-th fail with this error number; -F that one and all after it which need room on the disk.
   -c writes how many calls there were. Exits as the program, with 137 when it was killed. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

/* What an argument says: DIR and PATH are a directory descriptor and a name below it, NAME a name from the working directory,
   FILE a descriptor. */
enum place { DIR0_PATH1, DIR1_PATH2, DIR2_PATH3, NAME0, NAME1, FILE0, FILE2 };
struct call {
    long number;
    const char* name;
    enum place place, second; /* two places for what renames and links; equal otherwise */
};
static const struct call calls[] = {
    {SYS_open, "open", NAME0, NAME0},
    {SYS_creat, "creat", NAME0, NAME0},
    {SYS_openat, "openat", DIR0_PATH1, DIR0_PATH1},
    {SYS_openat2, "openat2", DIR0_PATH1, DIR0_PATH1},
    {SYS_mkdir, "mkdir", NAME0, NAME0},
    {SYS_mkdirat, "mkdirat", DIR0_PATH1, DIR0_PATH1},
    {SYS_rmdir, "rmdir", NAME0, NAME0},
    {SYS_unlink, "unlink", NAME0, NAME0},
    {SYS_unlinkat, "unlinkat", DIR0_PATH1, DIR0_PATH1},
    {SYS_rename, "rename", NAME0, NAME1},
    {SYS_renameat, "renameat", DIR0_PATH1, DIR2_PATH3},
    {SYS_renameat2, "renameat2", DIR0_PATH1, DIR2_PATH3},
    {SYS_link, "link", NAME1, NAME1},
    {SYS_linkat, "linkat", DIR2_PATH3, DIR2_PATH3},
    {SYS_symlink, "symlink", NAME1, NAME1},
    {SYS_symlinkat, "symlinkat", DIR1_PATH2, DIR1_PATH2},
    {SYS_mknod, "mknod", NAME0, NAME0},
    {SYS_mknodat, "mknodat", DIR0_PATH1, DIR0_PATH1},
    {SYS_chmod, "chmod", NAME0, NAME0},
    {SYS_fchmod, "fchmod", FILE0, FILE0},
    {SYS_fchmodat, "fchmodat", DIR0_PATH1, DIR0_PATH1},
    {SYS_chown, "chown", NAME0, NAME0},
    {SYS_lchown, "lchown", NAME0, NAME0},
    {SYS_fchown, "fchown", FILE0, FILE0},
    {SYS_fchownat, "fchownat", DIR0_PATH1, DIR0_PATH1},
    {SYS_truncate, "truncate", NAME0, NAME0},
    {SYS_ftruncate, "ftruncate", FILE0, FILE0},
    {SYS_utimensat, "utimensat", DIR0_PATH1, DIR0_PATH1},
    {SYS_setxattr, "setxattr", NAME0, NAME0},
    {SYS_write, "write", FILE0, FILE0},
    {SYS_pwrite64, "pwrite", FILE0, FILE0},
    {SYS_writev, "writev", FILE0, FILE0},
    {SYS_copy_file_range, "copy_file_range", FILE2, FILE2},
    {SYS_sendfile, "sendfile", FILE0, FILE0},
};
enum { CALLS = sizeof calls / sizeof *calls };

static FILE *log_file, *count_file;
static long kill_at, fail_at, fail_with, full, seen;

static void install_filter(void) {
    struct sock_filter code[CALLS + 4];
    int at = 0;
    code[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (int i = 0; i < CALLS; i++)
        code[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)calls[i].number, CALLS - i, 0);
    code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
    struct sock_fprog program = {.len = (unsigned short)at, .filter = code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
        perror("watch: seccomp");
        _exit(125);
    }
}

static void read_text(pid_t pid, unsigned long address, char* out, size_t size) {
    size_t got = 0;
    while (got < size - 1) {
        /* Page by page: the text may end where the memory does. */
        size_t step = 4096 - (address + got) % 4096;
        if (step > size - 1 - got) step = size - 1 - got;
        struct iovec here = {out + got, step}, there = {(void*)(address + got), step};
        ssize_t part = process_vm_readv(pid, &here, 1, &there, 1, 0);
        if (part <= 0) break;
        if (memchr(out + got, 0, (size_t)part)) return;
        got += (size_t)part;
    }
    out[got] = 0;
}

static void link_text(pid_t pid, const char* what, long number, char* out) {
    char link[64];
    if (number == AT_FDCWD) snprintf(link, sizeof link, "/proc/%d/cwd", pid);
    else snprintf(link, sizeof link, "/proc/%d/%s/%ld", pid, what, number);
    ssize_t size = readlink(link, out, PATH_MAX - 1);
    out[size < 0 ? 0 : size] = 0;
}

/* The real path of what argument(s) `place` name. */
static void resolve(pid_t pid, const unsigned long* args, enum place place, char* out) {
    static char name[PATH_MAX], folder[PATH_MAX], whole[2 * PATH_MAX + 2];
    if (place == FILE0 || place == FILE2) {
        link_text(pid, "fd", (int)args[place == FILE0 ? 0 : 2], out);
        return;
    }
    int at = place == DIR0_PATH1 || place == NAME1 ? 1 : place == DIR1_PATH2 ? 2 : place == DIR2_PATH3 ? 3 : 0;
    read_text(pid, args[at], name, sizeof name);
    if (name[0] == '/') {
        folder[0] = 0;
        snprintf(whole, sizeof whole, "%s", name);
    } else {
        link_text(pid, "fd", place == NAME0 || place == NAME1 ? AT_FDCWD : (int)args[at - 1], folder);
        snprintf(whole, sizeof whole, "%s/%s", folder, name);
    }
    char* slash = strrchr(whole, '/');
    if (!slash) slash = whole;
    *slash = 0;
    char* real = realpath(whole[0] ? whole : "/", NULL);
    size_t used = strlen(real && real[1] ? real : whole);
    memcpy(out, real && real[1] ? real : whole, used);
    out[used] = '/';
    strcpy(out + used + 1, slash + 1);
    free(real);
}

/* Opening changes something only when it creates, cuts or writes. */
static int changes(const struct call* call, pid_t pid, const unsigned long* args) {
    unsigned long flags = 0;
    if (call->number == SYS_open) flags = args[1];
    else if (call->number == SYS_openat) flags = args[2];
    else if (call->number == SYS_openat2) {
        struct open_how how = {0};
        struct iovec here = {&how, sizeof how}, there = {(void*)args[2], sizeof how};
        if (process_vm_readv(pid, &here, 1, &there, 1, 0) > 0) flags = how.flags;
    } else {
        return 1;
    }
    if ((flags & O_PATH) == O_PATH) return 0;
    return (flags & (O_CREAT | O_TRUNC)) || (flags & O_ACCMODE) != O_RDONLY;
}

/* Pipes, terminals, /dev/null and the like are no files of anyone. */
static int is_stream(const char* path) {
    return path[0] != '/' || !strncmp(path, "/dev/", 5) || !strncmp(path, "/proc/", 6);
}

/* On a full disk what removes or moves still works. */
static int needs_room(const char* call) {
    return strncmp(call, "unlink", 6) && strncmp(call, "rename", 6) && strcmp(call, "rmdir") && !strstr(call, "chmod");
}

static void fail(pid_t pid, struct user_regs_struct* regs) {
    regs->orig_rax = (unsigned long)-1;
    regs->rax = (unsigned long)-fail_with;
    ptrace(PTRACE_SETREGS, pid, 0, regs);
}

static int at_call(pid_t pid) {
    struct user_regs_struct regs;
    if (ptrace(PTRACE_GETREGS, pid, 0, &regs)) return 0;
    unsigned long args[6] = {regs.rdi, regs.rsi, regs.rdx, regs.r10, regs.r8, regs.r9};
    for (int i = 0; i < CALLS; i++) {
        if (calls[i].number != (long)regs.orig_rax) continue;
        static char path[4 * PATH_MAX], other[4 * PATH_MAX];
        if (!changes(&calls[i], pid, args)) return 0;
        resolve(pid, args, calls[i].place, path);
        if (is_stream(path)) return 0;
        seen++;
        if (log_file) {
            fprintf(log_file, "%s\t%s\n", calls[i].name, path);
            if (calls[i].second != calls[i].place) {
                resolve(pid, args, calls[i].second, other);
                fprintf(log_file, "%s\t%s\n", calls[i].name, other);
            }
        }
        if (fail_at && (seen == fail_at || (full && seen > fail_at && needs_room(calls[i].name)))) fail(pid, &regs);
        return kill_at && seen == kill_at;
    }
    return 0;
}

static int follow(pid_t first) {
    int status = 0, result = 125;
    for (;;) {
        pid_t pid = waitpid(-1, &status, __WALL);
        if (pid < 0) break;
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            if (pid == first) result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            continue;
        }
        int event = status >> 16, signal = WSTOPSIG(status), pass = 0;
        if (event == PTRACE_EVENT_SECCOMP) {
            if (at_call(pid)) {
                /* All go: the first with its threads at once, children when they stop next. */
                kill(first, SIGKILL);
                do kill(pid, SIGKILL);
                while ((pid = waitpid(-1, &status, __WALL)) > 0);
                return 137;
            }
        } else if (!event && signal != SIGTRAP && signal != SIGSTOP) {
            pass = signal;
        }
        ptrace(PTRACE_CONT, pid, 0, pass);
    }
    return result;
}

int main(int argc, char** argv) {
    int option;
    while ((option = getopt(argc, argv, "+l:k:c:f:F:")) != -1) {
        if (option == 'l') log_file = fopen(optarg, "we");
        else if (option == 'k') kill_at = atol(optarg);
        else if (option == 'c') count_file = fopen(optarg, "we");
        else if (option == 'f' || option == 'F') {
            full = option == 'F';
            if (sscanf(optarg, "%ld:%ld", &fail_at, &fail_with) != 2) return 125;
        }
        else return 125;
    }
    if (optind >= argc) return 125;
    pid_t child = fork();
    if (!child) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        raise(SIGSTOP);
        install_filter();
        execvp(argv[optind], argv + optind);
        perror(argv[optind]);
        _exit(127);
    }
    int status;
    waitpid(child, &status, 0);
    if (ptrace(PTRACE_SETOPTIONS, child, 0,
               PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
                   PTRACE_O_EXITKILL)) {
        perror("watch: ptrace");
        return 125;
    }
    ptrace(PTRACE_CONT, child, 0, 0);
    int result = follow(child);
    if (count_file) fprintf(count_file, "%ld\n", seen);
    if (count_file) fclose(count_file);
    if (log_file) fclose(log_file);
    return result;
}

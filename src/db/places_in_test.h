#pragma once
// Where the scenarios of the tests run: fresh SQLite files, and fresh databases of a PostgreSQL server that
// is started in a temporary folder, listens on a Unix socket there and nowhere else, and ends with the test.
// For the tests of every room that keeps records.

#include "db/db.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace allroads::db::in_test {

namespace fs = std::filesystem;

class Folder {
public:
    Folder() {
        auto name = (fs::temp_directory_path() / "allroads-db-XXXXXX").string();
        check(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    Folder(Folder const&) = delete;
    Folder& operator=(Folder const&) = delete;
    ~Folder() {
        std::error_code none;
        fs::remove_all(path, none);
    }
    fs::path path;
};

// Starts `words` with its errors going to `errors` (or nowhere below 0); gives the process.
inline pid_t started(std::vector<std::string> const& words, int errors) {
    std::fflush(nullptr);  // or the child would say again what waits to be said
    auto const child = ::fork();
    check(child >= 0);
    if (child != 0) return child;
    std::vector<char*> arguments;
    for (auto const& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    if (std::freopen("/dev/null", "w", stdout) == nullptr) ::_exit(126);
    if (errors >= 0) {
        ::dup2(errors, 2);
    } else if (std::freopen("/dev/null", "w", stderr) == nullptr) {
        ::_exit(126);
    }
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
}

class Postgres {
public:
    // The server of this test program; nothing where PostgreSQL 15 is not installed. Who asks first says
    // whether it waits for the disk: a room that tests no power cut need not.
    static Postgres* server(bool waits_for_disk = true) {
        static Postgres one(waits_for_disk);
        return one.pid_ > 0 ? &one : nullptr;
    }
    Postgres(Postgres const&) = delete;
    Postgres& operator=(Postgres const&) = delete;
    ~Postgres() {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGQUIT);  // at once: its data goes with the folder
        ::waitpid(pid_, nullptr, 0);
        reader_.join();
        ::close(log_);
    }

    std::string fresh() {
        auto const name = "t" + std::to_string(++count_);
        // By a program, so that rooms that do not keep libpq can include this.
        check(ended_well(started(
            {bin + "createdb", "-h", folder_.path.string(), "-U", "hub", "-w", "-T", "template0", name},
            -1)));
        return url(name);
    }

private:
    inline static std::string const bin = "/usr/lib/postgresql/15/bin/";

    explicit Postgres(bool waits_for_disk) {
        if (!fs::exists(bin + "postgres")) {
            std::puts("skipped: PostgreSQL 15 is not installed; scenarios run on SQLite alone");
            return;
        }
        // The server refuses to run as root.
        std::vector<std::string> as_user;
        if (::geteuid() == 0) {
            as_user = {"setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups",
                       "--pdeathsig=QUIT"};
            auto const owner = started({"chown", "postgres", folder_.path.string()}, -1);
            check(ended_well(owner));
        }
        auto const data = (folder_.path / "data").string();
        auto const with = [&](std::vector<std::string> words) {
            words.insert(words.begin(), as_user.begin(), as_user.end());
            return words;
        };
        check(ended_well(started(with({bin + "initdb", "-D", data, "-U", "hub", "-A", "trust", "-E", "UTF8",
                                       "--locale=C", "--data-checksums", "--no-sync"}),
                                 -1)));
        int ends[2];
        check(::pipe(ends) == 0);
        pid_ = started(with({bin + "postgres", "-D", data, "-c", "listen_addresses=", "-c",
                             "unix_socket_directories=" + folder_.path.string(), "-c", "log_min_messages=log",
                             "-c", "logging_collector=off", "-c", "shared_buffers=32MB", "-c",
                             waits_for_disk ? "fsync=on" : "fsync=off"}),
                       ends[1]);
        ::close(ends[1]);
        log_ = ends[0];
        wait_until_ready();
    }

    static bool ended_well(pid_t child) {
        int status = 0;
        return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }

    // Reads what the server says until it says so; what it says later is of no use but must have a reader.
    void wait_until_ready() {
        std::string said;
        char byte = 0;
        while (said.find("ready to accept connections") == std::string::npos) {
            if (::read(log_, &byte, 1) != 1) {
                std::fputs(said.c_str(), stderr);
                check(false);
            }
            said += byte;
        }
        reader_ = std::thread([this] {
            std::array<char, 4096> more{};
            while (::read(log_, more.data(), more.size()) > 0) {}
        });
    }

    [[nodiscard]] std::string url(std::string const& database) const {
        return "postgresql:///" + database + "?host=" + folder_.path.string() + "&user=hub";
    }

    Folder folder_;
    pid_t pid_ = -1;
    std::thread reader_;
    int log_ = -1;
    int count_ = 0;
};

}  // namespace allroads::db::in_test

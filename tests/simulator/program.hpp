#pragma once
// The program dlms-simulator as a child process.

#include <csignal>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace dlms::simulator::testing {

/// Where it was built.
std::string program_path();

/// The program as a child process.
class Program {
public:
    explicit Program(std::vector<std::string> arguments) {
        int out[2];
        BOOST_REQUIRE(pipe(out) == 0);
        arguments.insert(arguments.begin(), program_path());
        std::vector<char*> pointers;
        for (std::string& argument : arguments) {
            pointers.push_back(argument.data());
        }
        pointers.push_back(nullptr);
        pid_ = fork();
        BOOST_REQUIRE(pid_ >= 0);
        if (pid_ == 0) {
            dup2(out[1], STDOUT_FILENO);
            dup2(out[1], STDERR_FILENO);
            close(out[0]);
            close(out[1]);
            execv(pointers[0], pointers.data());
            _exit(127);
        }
        close(out[1]);
        output_ = out[0];
    }
    ~Program() {
        close(output_);
        if (pid_ > 0) {
            kill(pid_, SIGKILL);
            waitpid(pid_, nullptr, 0);
        }
    }
    std::string line() {
        std::string text;
        char character = 0;
        while (read(output_, &character, 1) == 1 && character != '\n') {
            text += character;
        }
        return text;
    }
    void signal(int number) { kill(pid_, number); }
    int exit_status() {
        int status = 0;
        waitpid(std::exchange(pid_, -1), &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

private:
    pid_t pid_ = -1;
    int output_ = -1;
};

}  // namespace dlms::simulator::testing

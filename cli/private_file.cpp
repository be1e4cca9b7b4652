#include "cli/private_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace dlms::cli {
namespace {

std::string complaint(const std::string& name) {
    return name + ": " + std::strerror(errno);
}

std::optional<std::string> write_all(int file, const std::string& name, ByteView content) {
    std::size_t written = 0;
    while (written < content.size()) {
        const ssize_t count = ::write(file, content.data() + written, content.size() - written);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            std::string why = complaint(name);
            ::close(file);
            return why;
        }
        written += static_cast<std::size_t>(count);
    }
    // What a pipe or a terminal takes is not on a disk, and need not be.
    const bool kept = ::fsync(file) == 0 || errno == EINVAL || errno == EROFS;
    std::string why = kept ? std::string() : complaint(name);
    if (::close(file) != 0 && why.empty()) {
        why = complaint(name);
    }
    return why.empty() ? std::nullopt : std::optional(std::move(why));
}

}  // namespace

std::optional<std::string> create_private_file(const std::string& name, ByteView content) {
    const int file = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) {
        return complaint(name);
    }
    auto failed = write_all(file, name, content);
    if (failed) {
        ::unlink(name.c_str());
    }
    return failed;
}

std::optional<std::string> append_to_private_file(const std::string& name, ByteView content) {
    const int file = ::open(name.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    return file < 0 ? std::optional(complaint(name)) : write_all(file, name, content);
}

}  // namespace dlms::cli

#include "transport/pty_channel.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

namespace dlms::transport {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> failure(ErrorCode code) {
    return fail(code, Layer::transport);
}

/// A descriptor as Asio's; one that was not opened gives a stream that is not open.
asio::posix::stream_descriptor stream_of(const asio::any_io_executor& executor, int descriptor) {
    asio::posix::stream_descriptor stream(executor);
    std::error_code error;
    if (descriptor >= 0) {
        stream.assign(descriptor, error);
        if (error) {
            ::close(descriptor);
        }
    }
    return stream;
}

/// The name of the far end of an open near end.
fs::path far_end_of(int near_end) {
    char name[64] = {};
    const bool known = ::grantpt(near_end) == 0 && ::unlockpt(near_end) == 0 &&
                       ::ptsname_r(near_end, name, sizeof name) == 0;
    return known ? fs::path(name) : fs::path();
}

bool is_link_to_pty(const fs::path& link) {
    std::error_code error;
    const fs::path target = fs::read_symlink(link, error);
    return !error && target.parent_path() == "/dev/pts";
}

Status make_link(const fs::path& device, const fs::path& link) {
    std::error_code error;
    if (is_link_to_pty(link)) {
        fs::remove(link, error);
    }
    fs::create_symlink(device, link, error);
    if (error == std::errc::file_exists) {
        return failure(ErrorCode::port_busy);
    }
    if (error) {
        return failure(ErrorCode::port_denied);
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<Channel>> open_pty(const asio::any_io_executor& executor,
                                          const fs::path& link) {
    asio::posix::stream_descriptor near_end =
        stream_of(executor, ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!near_end.is_open()) {
        return failure(ErrorCode::port_denied);
    }
    fs::path device = far_end_of(near_end.native_handle());
    asio::posix::stream_descriptor far_end =
        stream_of(executor, ::open(device.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
    if (!far_end.is_open() || !make_raw(far_end.native_handle())) {
        return failure(ErrorCode::port_denied);
    }
    if (const Status linked = make_link(device, link); !linked) {
        return std::unexpected(linked.error());
    }
    return std::make_unique<PtyChannel>(std::move(near_end), std::move(far_end), std::move(device),
                                        link);
}

PtyChannel::PtyChannel(asio::posix::stream_descriptor near_end,
                       asio::posix::stream_descriptor far_end, fs::path device, fs::path link)
    : DescriptorChannel(std::move(near_end)),
      far_end_(std::move(far_end)),
      device_(std::move(device)),
      link_(std::move(link)) {}

PtyChannel::~PtyChannel() {
    close();
}

void PtyChannel::close() {
    if (!descriptor_.is_open()) {
        return;
    }
    std::error_code ignored;
    if (fs::read_symlink(link_, ignored) == device_) {  // it may have been made another's
        fs::remove(link_, ignored);
    }
    far_end_.close(ignored);
    descriptor_.close(ignored);
}

}  // namespace dlms::transport

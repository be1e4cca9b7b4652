#include "transport/serial_channel.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

namespace dlms::transport {
namespace {

struct Speed {
    std::uint32_t baud_rate;
    speed_t code;
};

/// All that Linux names; ports take what they can.
constexpr std::array speeds{
    Speed{50, B50},           Speed{75, B75},           Speed{110, B110},
    Speed{134, B134},         Speed{150, B150},         Speed{200, B200},
    Speed{300, B300},         Speed{600, B600},         Speed{1200, B1200},
    Speed{1800, B1800},       Speed{2400, B2400},       Speed{4800, B4800},
    Speed{9600, B9600},       Speed{19200, B19200},     Speed{38400, B38400},
    Speed{57600, B57600},     Speed{115200, B115200},   Speed{230400, B230400},
    Speed{460800, B460800},   Speed{500000, B500000},   Speed{576000, B576000},
    Speed{921600, B921600},   Speed{1000000, B1000000}, Speed{1152000, B1152000},
    Speed{1500000, B1500000}, Speed{2000000, B2000000}, Speed{2500000, B2500000},
    Speed{3000000, B3000000}, Speed{3500000, B3500000}, Speed{4000000, B4000000},
};

std::unexpected<Error> failure(ErrorCode code) {
    return fail(code, Layer::transport);
}

/// A terminal without a line: it knows neither parity nor seven bits, and has no need of them.
bool is_pseudo_terminal(int descriptor) {
    struct stat status{};
    if (::fstat(descriptor, &status) != 0) {
        return false;
    }
    const unsigned number = major(status.st_rdev);
    return number >= 136 && number <= 143;  // Linux: Documentation/admin-guide/devices.txt
}

Result<speed_t> speed_of(std::uint32_t baud_rate) {
    for (const Speed& speed : speeds) {
        if (speed.baud_rate == baud_rate) {
            return speed.code;
        }
    }
    return failure(ErrorCode::unsupported_baud_rate);
}

tcflag_t shape_of(const LineSettings& line) {
    tcflag_t flags = line.data_bits == 7 ? CS7 : CS8;
    if (line.parity != Parity::none) {
        flags |= PARENB;
    }
    if (line.parity == Parity::odd) {
        flags |= PARODD;
    }
    if (line.stop_bits == 2) {
        flags |= CSTOPB;
    }
    return flags;
}

constexpr tcflag_t shape_mask = CSIZE | PARENB | PARODD | CSTOPB;

/// Puts the settings into force at once. What a port does not know it leaves out without a word,
/// so they are read back.
Status set_line(int descriptor, const LineSettings& line) {
    if (line.data_bits < 7 || line.data_bits > 8 || line.stop_bits < 1 || line.stop_bits > 2) {
        return failure(ErrorCode::out_of_range);
    }
    const Result<speed_t> speed = speed_of(line.baud_rate);
    if (!speed) {
        return std::unexpected(speed.error());
    }
    termios settings{};
    if (::tcgetattr(descriptor, &settings) != 0) {
        return failure(ErrorCode::port_gone);
    }
    settings.c_cflag &= ~(shape_mask | static_cast<tcflag_t>(CRTSCTS));
    settings.c_cflag |= shape_of(line) | CLOCAL | CREAD;
    // A character of wrong parity comes as NUL, which no message has: it must not look like a good
    // one, nor be missing from a text whose check would not miss it.
    settings.c_iflag &= ~static_cast<tcflag_t>(IXON | IXOFF | IGNPAR | PARMRK | INPCK);
    if (line.parity != Parity::none) {
        settings.c_iflag |= INPCK;
    }
    ::cfsetispeed(&settings, *speed);
    ::cfsetospeed(&settings, *speed);
    termios in_force{};
    if (::tcsetattr(descriptor, TCSANOW, &settings) != 0 && errno != EINVAL) {
        return failure(ErrorCode::port_gone);
    }
    if (::tcgetattr(descriptor, &in_force) != 0) {
        return failure(ErrorCode::port_gone);
    }
    const bool same_shape = (in_force.c_cflag & shape_mask) == (settings.c_cflag & shape_mask);
    if (::cfgetospeed(&in_force) != *speed || !(same_shape || is_pseudo_terminal(descriptor))) {
        return failure(ErrorCode::port_settings_refused);
    }
    return {};
}

/// Sets RTS or DTR; what has no such signals is left as it is.
void set_signal(int descriptor, int signal, std::optional<bool> on) {
    if (on) {
        ::ioctl(descriptor, *on ? TIOCMBIS : TIOCMBIC, &signal);
    }
}

ErrorCode opening_error(int number) {
    switch (number) {
        case ENOENT:
        case ENXIO:
        case ENODEV:
        case ENOTDIR:
        case EIO: return ErrorCode::port_missing;
        case EBUSY:
        case EWOULDBLOCK: return ErrorCode::port_busy;
        default: return ErrorCode::port_denied;
    }
}

/// No other program may open the port, nor one that keeps to locks use it.
Status lock(int descriptor) {
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        return failure(opening_error(errno));
    }
    // A pseudo-terminal would stay closed to all if we ended without a close: its other end keeps
    // it, and the mark with it.
    if (!is_pseudo_terminal(descriptor)) {
        ::ioctl(descriptor, TIOCEXCL);
    }
    return {};
}

Status prepare(int descriptor, const SerialEndpoint& endpoint) {
    if (::isatty(descriptor) == 0) {
        return failure(ErrorCode::port_denied);
    }
    if (const Status locked = lock(descriptor); !locked) {
        return locked;
    }
    if (!make_raw(descriptor)) {
        return failure(ErrorCode::port_denied);
    }
    if (const Status set = set_line(descriptor, endpoint.line); !set) {
        return set;
    }
    set_signal(descriptor, TIOCM_RTS, endpoint.rts);
    set_signal(descriptor, TIOCM_DTR, endpoint.dtr);
    ::tcflush(descriptor, TCIOFLUSH);
    return {};
}

std::chrono::nanoseconds duration_of(std::uint64_t characters, const LineSettings& line) {
    return std::chrono::nanoseconds(characters * bits_per_character(line) * 1'000'000'000u /
                                    line.baud_rate);
}

}  // namespace

Result<std::unique_ptr<Channel>> open_serial(const asio::any_io_executor& executor,
                                             const SerialEndpoint& endpoint) {
    const int descriptor =
        ::open(endpoint.path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) {
        return failure(opening_error(errno));
    }
    if (const Status ready = prepare(descriptor, endpoint); !ready) {
        ::close(descriptor);
        return std::unexpected(ready.error());
    }
    asio::posix::stream_descriptor stream(executor);
    std::error_code error;
    stream.assign(descriptor, error);
    if (error) {
        ::close(descriptor);
        return failure(ErrorCode::port_denied);
    }
    return std::make_unique<SerialChannel>(std::move(stream), endpoint.line);
}

SerialChannel::SerialChannel(asio::posix::stream_descriptor descriptor, const LineSettings& line)
    : DescriptorChannel(std::move(descriptor)), timer_(descriptor_.get_executor()), line_(line) {}

SerialChannel::~SerialChannel() {
    close();
}

Result<bool> SerialChannel::change_line(const LineSettings& settings,
                                        std::shared_ptr<ChannelUser> user) {
    if (settings == line_) {
        return true;
    }
    wanted_ = settings;
    drained_ = false;
    await_drain(std::move(user));
    return false;
}

void SerialChannel::await_drain(std::shared_ptr<ChannelUser> user) {
    int waiting = 0;
    if (::ioctl(descriptor_.native_handle(), TIOCOUTQ, &waiting) != 0) {
        waiting = 0;
    }
    // When the queue is empty, the port itself may still hold a character, and be sending another.
    drained_ = waiting <= 0;
    constexpr std::uint64_t held_by_port = 2;
    timer_.expires_after(
        duration_of(drained_ ? held_by_port : static_cast<std::uint64_t>(waiting), line_));
    timer_.async_wait([this, user = std::move(user)](std::error_code error) {
        if (!error && descriptor_.is_open()) {
            drain_went_on(user);
        }
    });
}

void SerialChannel::drain_went_on(const std::shared_ptr<ChannelUser>& user) {
    if (!drained_) {
        await_drain(user);
        return;
    }
    user->line_changed(apply());
}

Status SerialChannel::apply() {
    const Status set = set_line(descriptor_.native_handle(), wanted_);
    if (set) {
        line_ = wanted_;
    }
    return set;
}

void SerialChannel::close() {
    if (!descriptor_.is_open()) {
        return;
    }
    timer_.cancel();
    ::ioctl(descriptor_.native_handle(), TIOCNXCL);
    ::flock(descriptor_.native_handle(), LOCK_UN);
    std::error_code ignored;
    descriptor_.close(ignored);
}

}  // namespace dlms::transport

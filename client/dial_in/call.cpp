#include "client/dial_in/call.hpp"

#include <algorithm>
#include <utility>

#include <asio/post.hpp>

#include "stack/acse/aare.hpp"
#include "stack/hdlc/frame.hpp"
#include "stack/xdlms/apdu_tag.hpp"
#include "transport/flood_budget.hpp"

namespace dlms::client::dial_in {
namespace {

constexpr std::size_t read_size = 2048;
/// What a user that does not read makes us keep; then nothing more is read from the meter.
constexpr std::size_t most_for_user = 2 * limits::max_apdu;
/// A modem that wants answers and does not read them is over.
constexpr std::size_t most_answers = 4096;
constexpr Byte release_response = 0x63;

Error lost() {
    return Error{ErrorCode::connection_lost, Layer::client, 0};
}

bool is_notification(ByteView apdu) {
    using enum xdlms::ApduTag;
    switch (static_cast<xdlms::ApduTag>(apdu[0])) {
        case data_notification:
        case event_notification_request:
        case information_report_request:
        case glo_event_notification_request:
        case glo_information_report_request:
        case ded_event_notification_request:
        case ded_information_report_request: return true;
        default: return false;
    }
}

/// A WPDU that answers nobody, in plain.
bool is_push(const CallStream::Piece& piece) {
    const bool is_wpdu = piece.kind == CallStream::Piece::Kind::wpdu ||
                         piece.kind == CallStream::Piece::Kind::modem_frame;
    return is_wpdu && piece.octets.size() > wrapper::header_size &&
           is_notification(piece.octets.subspan(wrapper::header_size));
}

}  // namespace

/// What a user has of a call.
class Call::LentChannel final : public transport::Channel {
public:
    explicit LentChannel(std::shared_ptr<Call> call) : call_(std::move(call)) {}
    ~LentChannel() override { give_back(); }

    asio::any_io_executor executor() override { return call_->executor_; }
    Result<std::size_t> write_some(ByteView octets) override { return call_->write_some(octets); }
    void wait_writable(std::shared_ptr<transport::ChannelUser> user) override {
        call_->wait_writable(std::move(user));
    }
    void read(std::span<Byte> space, std::shared_ptr<transport::ChannelUser> user) override {
        call_->read_for(space, std::move(user));
    }
    void close() override { give_back(); }

private:
    void give_back() {
        if (!std::exchange(is_given_back_, true)) {
            call_->take_back();
        }
    }

    std::shared_ptr<Call> call_;
    bool is_given_back_ = false;
};

Call::Call(std::unique_ptr<transport::Channel> channel, CallOwner& owner)
    : executor_(channel->executor()),
      channel_(std::move(channel)),
      owner_(&owner),
      space_(std::make_unique<Byte[]>(read_size)),
      last_heard_(std::chrono::steady_clock::now()) {}

std::shared_ptr<Call> Call::create(std::unique_ptr<transport::Channel> channel, CallOwner& owner) {
    return std::shared_ptr<Call>(new Call(std::move(channel), owner));
}

void Call::start() {
    read();
}

std::unique_ptr<transport::Channel> Call::lend() {
    is_lent_ = true;
    awaits_answer_ = false;
    is_part_written_ = false;
    for_user_.clear();
    return std::make_unique<LentChannel>(shared_from_this());
}

void Call::close() {
    if (!channel_) {
        return;
    }
    owner_ = nullptr;
    end(lost());
}

void Call::end(const Error& error) {
    const std::shared_ptr<Call> self = shared_from_this();
    channel_->close();
    channel_.reset();
    lost_ = error;
    writer_.reset();
    // Not from inside: the reader may be the one who makes this call.
    if (reader_ && !std::exchange(is_giving_, true)) {
        give_to_reader();
    }
    if (CallOwner* owner = std::exchange(owner_, nullptr)) {
        owner->ended(*this, error);
    }
}

void Call::read() {
    if (channel_ && !is_reading_ && for_user_.size() < most_for_user) {
        is_reading_ = true;
        channel_->read({space_.get(), read_size}, as_user());
    }
}

void Call::read_ended(const Result<std::size_t>& count) {
    is_reading_ = false;
    if (!channel_) {
        return;
    }
    if (!count) {
        end(count.error());
        return;
    }
    last_heard_ = std::chrono::steady_clock::now();
    octets_received_ += *count;
    stream_.receive({space_.get(), *count});
    take_pieces();
    read();
}

void Call::take_pieces() {
    while (channel_) {
        const auto piece = stream_.poll();
        if (!piece) {
            break;
        }
        take(*piece);
    }
    if (channel_ && stream_.failure()) {
        end(*stream_.failure());
    }
}

void Call::take(const CallStream::Piece& piece) {
    using Kind = CallStream::Piece::Kind;
    switch (piece.kind) {
        case Kind::damaged: owner_->damaged_frame(*this); return;
        case Kind::modem_frame: {
            const bool is_answered = owner_->modem_spoke(*this, piece.maker, piece.frame);
            if (channel_ && is_answered) {
                send(piece.frame.answer);
            }
            if (!channel_ || !piece.frame.is_push) {
                return;
            }
            break;
        }
        case Kind::wpdu:
        case Kind::hdlc:
        case Kind::mbus: break;
    }
    // What the meter sends by itself is kept whoever uses the call.
    if (is_lent_ && !is_push(piece)) {
        note_received(piece);
        hand_up(piece.octets);
        return;
    }
    owner_->meter_spoke(*this, piece.kind == Kind::modem_frame ? Kind::wpdu : piece.kind,
                        piece.octets);
}

/// What is open at the meter, as its answers show.
void Call::note_received(const CallStream::Piece& piece) {
    if (piece.kind == CallStream::Piece::Kind::hdlc) {
        const auto frame = hdlc::decode_frame(piece.octets);
        if (!frame) {
            return;
        }
        const hdlc::FrameType type = frame->frame.control.type;
        if (type == hdlc::FrameType::ua || type == hdlc::FrameType::dm) {
            // UA answers SNRM and DISC: the last one sent says which.
            is_open_at_meter_ = type == hdlc::FrameType::ua && is_open_at_meter_;
        }
        awaits_answer_ = awaits_answer_ && type == hdlc::FrameType::ui;
        return;
    }
    const ByteView apdu = piece.octets.subspan(wrapper::header_size);
    if (apdu.empty() || is_notification(apdu)) {
        return;
    }
    awaits_answer_ = false;
    if (apdu[0] == acse::Aare::tag) {
        const auto aare = acse::decode_aare(apdu);
        // One that cannot be read may have been meant as an acceptance.
        is_open_at_meter_ = !aare || aare->result == acse::AssociationResult::accepted;
    } else if (apdu[0] == release_response) {
        is_open_at_meter_ = false;
    }
}

void Call::note_sent(ByteView octets) {
    awaits_answer_ = true;
    const auto frame = octets.front() == hdlc::flag
                           ? hdlc::decode_frame(octets)
                           : std::unexpected(Error{ErrorCode::no_frame, Layer::hdlc, 0});
    if (frame) {
        const hdlc::FrameType type = frame->frame.control.type;
        is_open_at_meter_ =
            type == hdlc::FrameType::snrm || (is_open_at_meter_ && type != hdlc::FrameType::disc);
    }
}

bool Call::may_have_another_user() const {
    return !awaits_answer_ && !is_part_written_ && !is_open_at_meter_ && for_user_.empty() &&
           !stream_.is_in_between();
}

void Call::hand_up(ByteView octets) {
    for_user_.insert(for_user_.end(), octets.begin(), octets.end());
    if (reader_ && !std::exchange(is_giving_, true)) {
        give_to_reader();
    }
}

/// Not inside a call of the reader's.
void Call::give_to_reader() {
    asio::post(executor_, [self = shared_from_this()] {
        self->is_giving_ = false;
        const std::shared_ptr<ChannelUser> reader = std::exchange(self->reader_, nullptr);
        if (!reader) {
            return;
        }
        if (self->for_user_.empty()) {
            reader->read_ended(std::unexpected(self->lost_.value_or(lost())));
            return;
        }
        const std::size_t count = std::min(self->for_user_.size(), self->user_space_.size());
        const auto end = self->for_user_.begin() + static_cast<std::ptrdiff_t>(count);
        std::copy(self->for_user_.begin(), end, self->user_space_.begin());
        self->for_user_.erase(self->for_user_.begin(), end);
        reader->read_ended(count);
        self->read();
    });
}

void Call::read_for(std::span<Byte> space, std::shared_ptr<ChannelUser> user) {
    user_space_ = space;
    reader_ = std::move(user);
    if ((!for_user_.empty() || lost_) && !std::exchange(is_giving_, true)) {
        give_to_reader();
    }
}

Result<std::size_t> Call::write_some(ByteView octets) {
    if (!channel_) {
        return std::unexpected(lost_.value_or(lost()));
    }
    if (octets.empty()) {
        return std::size_t{0};
    }
    // An answer to the modem stands between what users send, never inside of it.
    if (!is_part_written_ && !send_answers()) {
        return std::size_t{0};
    }
    if (!is_part_written_) {
        note_sent(octets);
    }
    const auto written = channel_->write_some(octets);
    is_part_written_ = written && *written < octets.size() && (*written > 0 || is_part_written_);
    return written;
}

void Call::wait_writable(std::shared_ptr<ChannelUser> user) {
    writer_ = std::move(user);
    if (channel_ && !std::exchange(waits_to_write_, true)) {
        channel_->wait_writable(as_user());
    }
}

void Call::may_write() {
    waits_to_write_ = false;
    if (!channel_) {
        return;
    }
    if (!is_part_written_) {
        send_answers();
    }
    if (const std::shared_ptr<ChannelUser> writer = std::exchange(writer_, nullptr)) {
        writer->may_write();
    }
    if (channel_ && !is_part_written_) {
        send_answers();
    }
}

void Call::send(ByteView octets) {
    if (!channel_ || octets.empty()) {
        return;
    }
    if (answers_.size() + octets.size() > most_answers) {
        end(transport::flooded);
        return;
    }
    answers_.insert(answers_.end(), octets.begin(), octets.end());
    if (!is_part_written_) {
        send_answers();
    }
}

/// Whether nothing is left of them. What does not go now goes when the line takes it.
bool Call::send_answers() {
    if (answers_.empty()) {
        return true;
    }
    const auto written = channel_->write_some(answers_);
    // A line that broke says so to the read.
    answers_.erase(answers_.begin(),
                   answers_.begin() + static_cast<std::ptrdiff_t>(written ? *written : 0));
    if (!answers_.empty() && !std::exchange(waits_to_write_, true)) {
        channel_->wait_writable(as_user());
    }
    return answers_.empty();
}

void Call::take_back() {
    is_lent_ = false;
    reader_.reset();
    writer_.reset();
    if (!channel_) {
        return;
    }
    if (!may_have_another_user()) {
        end(lost());
        return;
    }
    if (owner_) {
        owner_->given_back(*this);
    }
}

}  // namespace dlms::client::dial_in

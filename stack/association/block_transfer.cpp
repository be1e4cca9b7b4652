// Both directions of one transfer, as they follow from each other:
//
//     receiving: next block in order      taken; with it all early ones that follow it
//                a block beyond a gap     kept, at most a window of them, once the first is there
//                a block that came before counted; answered again if the peer waits
//                block 1, another content the peer begins anew: everything before is forgotten
//                block 1 once more        a late copy, the same APDU, whose answer was lost, or
//                                         another one that begins alike: taken again and compared
//                                         when it is whole. Who goes on acknowledging the answer
//                                         has the request behind it, so the block was a copy
//     sending:   acknowledgement          goes on behind it; what the peer misses is sent again
//     both:      nothing new in time      the client sends again what waits for an answer
//
// Whoever waits for the peer has sent a block without `streaming` last; nobody else waits.

#include "stack/association/block_transfer.hpp"

#include <algorithm>

namespace dlms::association {

namespace {

constexpr std::uint32_t last_number = 0xFFFF;

}  // namespace

void BlockTransfer::reset() {
    finish();
    next_number_ = first_number_ = 1;
    last_acknowledged_ = 0;
    peer_window_ = 1;
    forget_received();
    acknowledged_to_peer_.reset();
    deadline_.reset();
}

void BlockTransfer::give_up() {
    ++counters_.abandoned_transfers;
    reset();
}

void BlockTransfer::finish() {
    outgoing_.clear();
    empty_count_ = block_count_ = sent_ = acknowledged_ = 0;
    repeated_from_.reset();
    awaits_answer_ = false;
    retries_ = 0;
    if (!is_receiving()) {
        deadline_.reset();
    }
}

void BlockTransfer::forget_received() {
    expected_ = 1;
    assembled_.clear();
    first_block_.clear();
    early_.clear();
    last_taken_ = was_aborted_ = passes_over_ = repeats_ = false;
    peer_listens_ = true;
    acknowledgement_due_ = false;
    asked_again_for_.reset();
}

void BlockTransfer::take_again() {
    previous_.swap(complete_);
    const std::uint32_t until = expected_;
    forget_received();
    repeats_ = true;
    expected_before_ = until;
}

void BlockTransfer::end_repetition() {
    previous_.swap(complete_);
    assembled_.clear();
    early_.clear();
    expected_ = expected_before_;
    last_taken_ = true;
    passes_over_ = repeats_ = acknowledgement_due_ = false;
}

bool BlockTransfer::send(ByteView apdu, std::size_t block_size, Instant now) {
    const std::size_t blocks = (apdu.size() + block_size - 1) / block_size;
    if (blocks == 0 || blocks > last_number + 1 - next_number_) {
        return false;
    }
    outgoing_.assign(apdu.begin(), apdu.end());
    block_size_ = block_size;
    first_number_ = last_acknowledged_ + 1;
    sent_ = empty_count_ = next_number_ - first_number_;
    block_count_ = empty_count_ + blocks;
    acknowledged_ = 0;
    repeated_from_.reset();
    awaits_answer_ = is_client();
    retries_ = 0;
    mind_deadline(now);
    return true;
}

void BlockTransfer::take_back() {
    finish();
    next_number_ = last_acknowledged_ + 1;
}

void BlockTransfer::resend() {
    counters_.repeated_blocks += sent_ - acknowledged_;
    sent_ = acknowledged_;
}

BlockTransfer::Received BlockTransfer::receive(const Block& block, Instant now) {
    // What acknowledges blocks that we have not sent belongs to an exchange that is over.
    if (block.block_number == 0 || block.block_number_ack >= next_number_) {
        ++counters_.invalid_blocks;
        return Received::nothing;
    }
    const bool begins = block.block_number == 1 && !block.block_data.empty() && expected_ > 1;
    const bool stands_alone = last_taken_ && std::ranges::equal(block.block_data, complete_);
    const bool anew =
        begins && (was_aborted_ || !std::ranges::equal(block.block_data, first_block_) ||
                   (stands_alone && !block.last_block));
    const bool has_part_of_answer =
        !is_client() && answers() && acknowledged_by(block) > empty_count_;
    if (holds_back() && has_part_of_answer) {
        end_repetition();
    } else if (begins && !anew && last_taken_ && block.window != 0 && !has_part_of_answer) {
        ++counters_.duplicate_blocks;
        if (stands_alone) {
            go_back_to(block);
            return Received::repeated;
        }
        take_again();
    }
    if (anew || (begins && block.window == 0)) {
        counters_.abandoned_transfers += is_receiving();
        // A client's own request goes on; a server has done with all that was before.
        if (is_client()) {
            forget_received();
        } else {
            reset();
        }
    }
    peer_listens_ = block.window != 0;
    const bool acknowledged = take_acknowledgement(block);
    Received received = take_data(block);
    if (received == Received::nothing && acknowledged) {
        received = Received::part;
    }
    if (received != Received::nothing) {
        retries_ = 0;
        mind_deadline(now);
    }
    return received;
}

void BlockTransfer::receive_acknowledgement(const Block& block, Instant now) {
    if (take_acknowledgement(block)) {
        mind_deadline(now);
    }
}

bool BlockTransfer::take_acknowledgement(const Block& block) {
    peer_window_ = std::clamp<std::uint8_t>(block.window, 1, Block::max_window);
    if (block.block_number_ack >= next_number_) {
        return false;  // we have begun anew with this block
    }
    last_acknowledged_ = std::max<std::uint32_t>(last_acknowledged_, block.block_number_ack);
    if (!is_sending()) {
        return false;
    }
    const std::size_t count = acknowledged_by(block);
    const bool progress = count > acknowledged_ && count > empty_count_;
    acknowledged_ = std::max(acknowledged_, count);
    // What was sent before a step back is acknowledged all the same.
    sent_ = std::max(sent_, acknowledged_);
    const bool asks = !block.streaming && block.window != 0 && sent_ > acknowledged_;
    if (asks && !holds_back() && (!is_client() || repeated_from_ != acknowledged_)) {
        repeated_from_ = acknowledged_;
        resend();
    }
    return progress;
}

std::size_t BlockTransfer::acknowledged_by(const Block& block) const {
    return block.block_number_ack < first_number_ ? 0 : block.block_number_ack - first_number_ + 1;
}

void BlockTransfer::go_back_to(const Block& block) {
    if (is_client()) {
        return;  // what it sends has nothing to do with what came again
    }
    last_acknowledged_ = block.block_number_ack;
    sent_ = std::max(sent_, acknowledged_);
    acknowledged_ = std::min(acknowledged_, acknowledged_by(block));
}

BlockTransfer::Received BlockTransfer::take_data(const Block& block) {
    if (block.block_data.empty()) {
        return take_empty(block);
    }
    if (block.block_number == expected_) {
        return take_next(block);
    }
    if (block.block_number < expected_) {
        ++counters_.duplicate_blocks;
    } else {
        ++counters_.early_blocks;
        keep_early(block);
    }
    answer_what_is_not_next(block);
    return Received::nothing;
}

BlockTransfer::Received BlockTransfer::take_empty(const Block& block) {
    if (block.last_block && is_receiving()) {
        ++counters_.abandoned_transfers;
        assembled_.clear();
        early_.clear();
        passes_over_ = repeats_ = false;
        was_aborted_ = true;
        expected_ = std::max(expected_, std::uint32_t{block.block_number} + 1);
        return Received::aborted;
    }
    if (!is_receiving() || block.block_number == expected_) {
        expected_ = std::max(expected_, std::uint32_t{block.block_number} + 1);
    }
    if (is_receiving()) {
        answer_what_is_not_next(block);
    }
    return Received::nothing;
}

void BlockTransfer::keep_early(const Block& block) {
    // Before the first block there is nothing that it could belong to but an old transfer.
    if (is_receiving() && !passes_over_ && block.block_number - expected_ <= Block::max_window) {
        early_[block.block_number] = {to_buffer(block.block_data), block.last_block};
    }
}

void BlockTransfer::answer_what_is_not_next(const Block& block) {
    if (block.streaming || block.window == 0 || (is_sending() && !holds_back())) {
        return;  // nobody waits, or our own blocks acknowledge
    }
    if (is_client() && std::exchange(asked_again_for_, expected_) == expected_) {
        return;  // its deadline brings the next attempt
    }
    acknowledgement_due_ = true;
}

BlockTransfer::Received BlockTransfer::take_next(const Block& block) {
    const bool peer_waits = !block.streaming && block.window != 0;
    if (block.block_number == 1) {
        first_block_ = to_buffer(block.block_data);
    }
    awaits_answer_ = false;
    bool fits = append(block.block_data, block.last_block);
    for (auto next = early_.find(expected_); !last_taken_ && next != early_.end();
         next = early_.find(expected_)) {
        const EarlyBlock early = std::move(next->second);
        early_.erase(next);
        fits = append(early.data, early.last) && fits;
    }
    if (last_taken_) {
        early_.clear();
    }
    acknowledgement_due_ = !last_taken_ && (peer_waits || acknowledgement_due_);
    if (peer_waits && is_client() && is_sending()) {
        resend();  // a notification came first: our own blocks acknowledge it
    }
    if (!fits) {
        ++counters_.abandoned_transfers;
        repeats_ = false;
        return Received::too_long;
    }
    if (!last_taken_ || std::exchange(passes_over_, false)) {
        return Received::part;
    }
    // Its answer acknowledges it, and an answer needs none.
    complete_.swap(assembled_);
    assembled_.clear();
    if (!std::exchange(repeats_, false)) {
        return Received::apdu;
    }
    go_back_to(block);  // who has begun anew knows no more of our numbers
    if (complete_ == previous_) {
        return Received::repeated;
    }
    if (!is_client()) {
        take_back();
    }
    return Received::apdu;
}

bool BlockTransfer::append(ByteView data, bool last) {
    ++expected_;
    last_taken_ = last;
    if (passes_over_) {
        return true;
    }
    if (data.size() > configuration_.max_apdu - assembled_.size()) {
        assembled_.clear();
        passes_over_ = !last;
        return false;
    }
    assembled_.insert(assembled_.end(), data.begin(), data.end());
    return true;
}

bool BlockTransfer::handle_timeout(Instant now) {
    if (!deadline_ || now < *deadline_) {
        return true;
    }
    if (retries_ == configuration_.max_retries) {
        give_up();
        return false;
    }
    ++retries_;
    if (is_sending()) {
        resend();
    } else {
        acknowledgement_due_ = true;
    }
    mind_deadline(now);
    return true;
}

void BlockTransfer::mind_deadline(Instant now) {
    deadline_.reset();
    const bool waits = is_sending() || awaits_answer_ || (is_receiving() && peer_listens_);
    if (is_client() && waits) {
        deadline_ = now + configuration_.retry_interval;
    }
}

std::uint8_t BlockTransfer::window() const {
    if (early_.empty()) {
        return configuration_.window;
    }
    const std::uint32_t gap = early_.begin()->first - expected_;
    return static_cast<std::uint8_t>(std::min<std::uint32_t>(configuration_.window, gap));
}

bool BlockTransfer::poll_transmit(ByteBuffer& out) {
    Block block;
    block.window = window();
    block.block_number_ack = static_cast<std::uint16_t>(expected_ - 1);
    if (is_sending() && !holds_back() ? !next_data(block) : !next_acknowledgement(block)) {
        return false;
    }
    acknowledgement_due_ = false;
    acknowledged_to_peer_ = block.block_number_ack;
    Writer writer(out);
    xdlms::encode(writer, block);
    return true;
}

bool BlockTransfer::next_data(Block& block) {
    const std::size_t under_way = sent_ - std::min(sent_, std::max(acknowledged_, empty_count_));
    if (sent_ == block_count_ || under_way >= peer_window_) {
        return false;
    }
    block.block_number = static_cast<std::uint16_t>(first_number_ + sent_);
    if (sent_ < empty_count_) {
        block.streaming = true;
    } else {
        const std::size_t start = (sent_ - empty_count_) * block_size_;
        block.block_data =
            ByteView(outgoing_).subspan(start, std::min(block_size_, outgoing_.size() - start));
        block.last_block = sent_ + 1 == block_count_;
        block.streaming = !block.last_block && under_way + 1 < peer_window_;
    }
    ++sent_;
    next_number_ = std::max(next_number_, block.block_number + 1u);
    return true;
}

bool BlockTransfer::next_acknowledgement(Block& block) {
    if (!acknowledgement_due_) {
        return false;
    }
    std::uint32_t number = next_number_;
    if (holds_back() && answers()) {
        // The number before those of the answer: the peer has it, or it was an empty block before.
        // Any other would be taken for a block of the answer. (None when the request needed no
        // acknowledgement: then its repetition needs none.)
        number = first_number_ + static_cast<std::uint32_t>(empty_count_) - 1;
    } else if (acknowledged_to_peer_ == block.block_number_ack && next_number_ > 1) {
        number = next_number_ - 1;  // what says what the last one said is that one again
    }
    if (number == 0 || number > last_number) {
        return false;
    }
    block.last_block = is_client();
    block.block_number = static_cast<std::uint16_t>(number);
    next_number_ = std::max(next_number_, number + 1);
    return true;
}

}  // namespace dlms::association

// Image transfer (class 18; Blue Book 4.4.6). The octets of an image are not kept, only which
// blocks have come and a digest of them, so ten thousand meters can be updated at once.

#include <algorithm>
#include <vector>

#include "simulator/classes/all_classes.hpp"
#include "simulator/logical_device.hpp"

namespace dlms::simulator {
namespace {

using axdr::DataView;
using axdr::Tag;
using cosem::ActionResult;

enum class ImageStatus : std::uint8_t {
    not_initiated,
    initiated,
    verification_initiated,
    verification_successful,
    verification_failed,
    activation_initiated,
    activation_successful,
    activation_failed,
};

/// How long a meter is busy with an image.
constexpr std::chrono::seconds verification_time{1};
constexpr std::chrono::seconds activation_time{5};
constexpr std::uint64_t largest_image = 64 * 1024 * 1024;
constexpr std::uint64_t most_blocks = 1'000'000;

struct ImageState final : ObjectState {
    ImageStatus status = ImageStatus::not_initiated;
    ByteBuffer identification;
    std::uint64_t size = 0;
    std::vector<bool> blocks;  // which have come
    std::uint64_t digest = 0;  // whatever the order of the blocks
    bool has_content = false;  // any octet that is not 0
    std::optional<Instant> busy_until;
    bool is_activated = false;
};

std::uint64_t block_size(const OwnObject& object) {
    return std::max<std::uint64_t>(object.number(2, 1), 1);
}

std::size_t first_missing(const ImageState& state) {
    return static_cast<std::size_t>(std::ranges::find(state.blocks, false) - state.blocks.begin());
}

std::uint64_t digest_of(std::uint64_t number, ByteView octets) {
    std::uint64_t hash = 0xCBF29CE484222325u ^ number;
    for (const Byte octet : octets) {
        hash = (hash ^ octet) * 0x100000001B3u;
    }
    return hash ^ hash >> 29;
}

bool is_enabled(const OwnObject& object) {
    return object.is_true(5);
}

ActionResult initiate(const OwnObject& object, const MethodCall& call) {
    const auto identification = member(call.parameter, 0).octets();
    const auto size = member(call.parameter, 1).unsigned_integer();
    if (call.parameter.elements()->size() != 2 || !identification ||
        !member(call.parameter, 0).is(Tag::octet_string) || !size) {
        return ActionResult::type_unmatched;
    }
    if (!is_enabled(object)) {
        return ActionResult::read_write_denied;
    }
    const std::uint64_t count = (*size + block_size(object) - 1) / block_size(object);
    if (*size == 0 || *size > largest_image || count > most_blocks || identification->empty()) {
        return ActionResult::other_reason;
    }
    object.forget_state();
    auto& state = object.state<ImageState>();
    state.status = ImageStatus::initiated;
    state.identification = to_buffer(*identification);
    state.size = *size;
    state.blocks.assign(static_cast<std::size_t>(count), false);
    return ActionResult::success;
}

ActionResult transfer(const OwnObject& object, const MethodCall& call) {
    const auto number = member(call.parameter, 0).unsigned_integer();
    const auto octets = member(call.parameter, 1).octets();
    if (call.parameter.elements()->size() != 2 || !number || !octets) {
        return ActionResult::type_unmatched;
    }
    auto& state = object.state<ImageState>();
    if (!is_enabled(object)) {
        return ActionResult::read_write_denied;
    }
    if (state.busy_until) {
        return ActionResult::temporary_failure;
    }
    const bool takes_blocks =
        state.status == ImageStatus::initiated || state.status == ImageStatus::verification_failed;
    if (!takes_blocks || *number >= state.blocks.size()) {
        return ActionResult::other_reason;
    }
    const std::uint64_t left = state.size - *number * block_size(object);
    if (octets->size() != std::min(left, block_size(object))) {
        return ActionResult::type_unmatched;
    }
    const auto place = static_cast<std::size_t>(*number);
    if (!state.blocks[place]) {
        state.blocks[place] = true;
        state.digest ^= digest_of(*number, *octets);
        state.has_content = state.has_content ||
                            std::ranges::any_of(*octets, [](Byte octet) { return octet != 0; });
    }
    state.status = ImageStatus::initiated;
    return ActionResult::success;
}

ActionResult verify(const OwnObject& object, const MethodCall&) {
    auto& state = object.state<ImageState>();
    if (!is_enabled(object)) {
        return ActionResult::read_write_denied;
    }
    if (state.status == ImageStatus::verification_successful) {
        return ActionResult::success;
    }
    if (state.busy_until || first_missing(state) < state.blocks.size()) {
        return ActionResult::temporary_failure;
    }
    if (state.status != ImageStatus::initiated &&
        state.status != ImageStatus::verification_failed) {
        return ActionResult::other_reason;
    }
    state.status = ImageStatus::verification_initiated;
    state.busy_until = object.now + verification_time;
    return ActionResult::temporary_failure;  // ask the status
}

ActionResult activate(const OwnObject& object, const MethodCall&) {
    auto& state = object.state<ImageState>();
    if (!is_enabled(object)) {
        return ActionResult::read_write_denied;
    }
    if (state.status == ImageStatus::activation_successful) {
        return ActionResult::success;
    }
    if (state.busy_until) {
        return ActionResult::temporary_failure;
    }
    if (state.status != ImageStatus::verification_successful) {
        return ActionResult::other_reason;
    }
    state.status = ImageStatus::activation_initiated;
    state.busy_until = object.now + activation_time;
    return ActionResult::temporary_failure;
}

axdr::Data images_to_activate(const ImageState& state) {
    const bool has_one = state.status >= ImageStatus::verification_successful &&
                         state.status != ImageStatus::verification_failed;
    return make_data([&](axdr::DataBuilder& builder) {
        builder.array(has_one ? 1 : 0);
        if (has_one) {
            std::array<Byte, 8> signature{};
            for (std::size_t i = 0; i < signature.size(); ++i) {
                signature[i] = static_cast<Byte>(state.digest >> (56 - 8 * i));
            }
            builder.structure(3)
                .double_long_unsigned(static_cast<std::uint32_t>(state.size))
                .octet_string(state.identification)
                .octet_string(signature);
        }
    });
}

axdr::Data blocks_status(const ImageState& state) {
    ByteBuffer octets((state.blocks.size() + 7) / 8, 0);
    for (std::size_t i = 0; i < state.blocks.size(); ++i) {
        if (state.blocks[i]) {
            octets[i / 8] = static_cast<Byte>(octets[i / 8] | 0x80 >> i % 8);
        }
    }
    return make_data(
        [&](axdr::DataBuilder& builder) { builder.bit_string(octets, state.blocks.size()); });
}

class ImageTransfer final : public ClassBehaviour {
public:
    std::span<const MethodBehaviour> methods() const override {
        static constexpr MethodBehaviour all[] = {{1, Tag::structure, initiate},
                                                  {2, Tag::structure, transfer},
                                                  {3, Tag::integer, verify},
                                                  {4, Tag::integer, activate}};
        return all;
    }
    bool is_active(const MeterObject&) const override { return true; }

    std::optional<axdr::Data> compute(const OwnObject& object, std::int8_t id) const override {
        if (id != 3 && id != 4 && id != 6 && id != 7) {
            return std::nullopt;
        }
        const auto& state = object.state<ImageState>();
        switch (id) {
            case 3: return blocks_status(state);
            case 4:
                return make_data([&](axdr::DataBuilder& builder) {
                    builder.double_long_unsigned(static_cast<std::uint32_t>(first_missing(state)));
                });
            case 6:
                return make_data([&](axdr::DataBuilder& builder) {
                    builder.enumerated(static_cast<std::uint8_t>(state.status));
                });
            default: return images_to_activate(state);
        }
    }
    void written(const OwnObject& object, std::int8_t id) const override {
        constexpr std::int8_t block_size_id = 2;
        if (id == block_size_id) {
            object.forget_state();
        }
    }
    std::optional<Instant> next_due(const OwnObject& object) const override {
        const auto* const state = object.find_state<ImageState>();
        return state ? state->busy_until : std::nullopt;
    }
    void run(const OwnObject& object) const override {
        auto& state = object.state<ImageState>();
        state.busy_until.reset();
        if (state.status == ImageStatus::verification_initiated) {
            // Nothing but zeros is no image.
            state.status = state.has_content ? ImageStatus::verification_successful
                                             : ImageStatus::verification_failed;
            if (!state.has_content) {
                state.blocks.assign(state.blocks.size(), false);
                state.digest = 0;
            }
        } else if (state.status == ImageStatus::activation_initiated) {
            state.status = ImageStatus::activation_successful;
            object.device.happened(MeterHappening::image_activated, object.now);
        }
    }
    void start(const OwnObject& object) const override {
        // Blocks are kept without power; what was going on begins anew.
        auto* const state = object.find_state<ImageState>();
        if (state && state->status == ImageStatus::verification_initiated) {
            state->status = ImageStatus::initiated;
            state->busy_until.reset();
        } else if (state && state->status == ImageStatus::activation_initiated) {
            state->busy_until = object.now + activation_time;
        }
    }
};

}  // namespace

const ClassBehaviour& image_transfer_behaviour() {
    static const ImageTransfer behaviour;
    return behaviour;
}

}  // namespace dlms::simulator

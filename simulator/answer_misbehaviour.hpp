#pragma once
// AnswerMisbehaviour: what a meter does wrongly to the answers of one association, behind
// everything else. Answers that are ciphered under the global keys with authenticated encryption
// are opened and sealed anew; of others only what can be done without that is done.

#include <cstdint>
#include <optional>
#include <vector>

#include "simulator/misbehaviour.hpp"
#include "simulator/own_ciphering.hpp"
#include "stack/base/bytes.hpp"

namespace dlms::simulator {

class AnswerMisbehaviour {
public:
    struct Sent {
        std::vector<ByteBuffer> apdus;       ///< in place of the answer, in order; may be empty
        std::vector<MisbehaviourKind> done;  ///< for a log
    };

    /// What the client sends.
    void hear(ByteView apdu);
    /// What goes out in place of an APDU. `security` is that which has sealed it.
    Sent pass(ByteView apdu, const DeviceSecurity& security, Misbehaviour& told);

private:
    /// An answer on its way out.
    struct Answer {
        ByteView octets;           ///< what it says; when it is sealed, as it leaves
        const OpenedApdu* sealed;  ///< null: it is not ciphered
        const DeclaredSecurity& own;
        Misbehaviour& told;
    };
    /// What a change makes of an answer: nothing where there is no occasion.
    using Change = std::optional<ByteBuffer> (AnswerMisbehaviour::*)(const Answer&) const;
    enum class Stage : std::uint8_t {
        words,     ///< another plain answer
        in_front,  ///< an APDU in front of it
        sealing,   ///< other octets of a ciphered answer
    };
    struct Deed {
        MisbehaviourKind kind;
        Stage stage;
        Change change;
    };
    static const Deed* find_deed(MisbehaviourKind kind);

    std::optional<ByteBuffer> wrong_invoke_id(const Answer& answer) const;
    std::optional<ByteBuffer> wrong_block_number(const Answer& answer) const;
    std::optional<ByteBuffer> endless_blocks(const Answer& answer) const;
    std::optional<ByteBuffer> last_block_255(const Answer& answer) const;
    std::optional<ByteBuffer> wrong_length(const Answer& answer) const;
    std::optional<ByteBuffer> stale_answer(const Answer& answer) const;
    std::optional<ByteBuffer> unexpected_notification(const Answer& answer) const;
    std::optional<ByteBuffer> refused_list(const Answer& answer) const;
    std::optional<ByteBuffer> wrong_title(const Answer& answer) const;
    std::optional<ByteBuffer> wrong_reply(const Answer& answer) const;
    std::optional<ByteBuffer> reflected_challenge(const Answer& answer) const;
    std::optional<ByteBuffer> wrong_tag(const Answer& answer) const;
    std::optional<ByteBuffer> replay(const Answer& answer) const;
    std::optional<ByteBuffer> counter_of_1(const Answer& answer) const;
    std::optional<ByteBuffer> downgrade(const Answer& answer) const;

    /// Does what the table has at a stage, where there is an occasion and chance wills it.
    void do_deeds(Stage stage, ByteBuffer& octets, const OpenedApdu* sealed,
                  const DeclaredSecurity& own, Misbehaviour& told, Sent& sent);
    void go_on_without_end(ByteBuffer& plain);
    ByteBuffer seal(OpenedApdu& opened, ByteBuffer&& plain, ByteView apdu,
                    const DeclaredSecurity& own, Misbehaviour& told, Sent& sent);

    ByteBuffer challenge_;            // the client's
    ByteBuffer previous_;             // the plain answer before
    ByteBuffer first_;                // ciphered answer
    ByteBuffer last_block_;           // of a GET answer that does not end
    std::uint32_t next_counter_ = 0;  // since a counter_reset
    bool has_replied_ = false;
};

}  // namespace dlms::simulator

#include "cli/decode_command.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <expected>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string_view>

#include "cli/capture_file.hpp"
#include "cli/decode_json_lines.hpp"
#include "stack/base/hex.hpp"

namespace dlms::cli {
namespace {

using render::DecodeLayer;
using render::Json;

constexpr auto examples =
    R"(Octets are hexadecimal; spaces, line breaks and 0x are skipped. The layer is found out: HDLC
frames, WPDU, APDU, Data, IEC 62056-21, wired M-Bus. Several WPDUs, frames or messages are a stream,
whose segments and blocks are joined into APDUs. Lines that are not whole but together are joined
before; where each is whole by itself, as of APDUs one a line, each is shown. A pcap or pcapng file
is read as conversations over TCP.
The left column is the offset of an octet: in the input, or in what was deciphered or joined, or in
the piece of a capture.

Examples:
  dlms decode 7EA0070321930F017E
  dlms decode C001C100080000010000FF0200 --json
  dlms decode capture.hex --layer push
  dlms decode capture.pcap
  DLMS_EK=000102... DLMS_AK=D0D1... dlms decode C81E3001234567... --system-title 4D4D4D0000BC614E
  dlms decode --jsonl < vectors.jsonl)";

/// All of a stream, up to one character more than may be.
std::string read_all(std::istream& in) {
    std::string text;
    std::array<char, 65536> part{};
    while (text.size() <= max_decode_text &&
           (in.read(part.data(), static_cast<std::streamsize>(part.size())) || in.gcount() > 0)) {
        text.append(part.data(), static_cast<std::size_t>(in.gcount()));
    }
    return text;
}

bool is_standard_input(const std::vector<std::string>& arguments) {
    return arguments.empty() || (arguments.size() == 1 && arguments[0] == "-");
}

/// Whether standard input begins as a capture does; nothing of it is taken.
bool is_capture_on_standard_input() {
    std::array<char, 4> first{};
    const std::size_t count = std::fread(first.data(), 1, first.size(), stdin);
    for (std::size_t i = count; i-- > 0;) {
        std::ungetc(static_cast<unsigned char>(first[i]), stdin);
    }
    return is_capture(as_bytes({first.data(), count}));
}

/// Whether the input begins as a capture does.
bool names_capture(const std::vector<std::string>& arguments) {
    if (is_standard_input(arguments)) {
        return is_capture_on_standard_input();
    }
    std::array<char, 4> first{};
    if (arguments.size() != 1) {
        return false;
    }
    std::ifstream file(arguments[0], std::ios::binary);
    file.read(first.data(), first.size());
    return is_capture(as_bytes({first.data(), static_cast<std::size_t>(file.gcount())}));
}

/// The text that the arguments name: hexadecimal digits themselves, a file, or standard input.
std::expected<std::string, std::string> input_text(const std::vector<std::string>& arguments) {
    if (is_standard_input(arguments)) {
        return read_all(std::cin);
    }
    std::string text;
    for (const std::string& argument : arguments) {
        text += argument;
        text += ' ';
    }
    if (from_hex(text) || arguments.size() > 1) {
        return text;
    }
    std::ifstream file(arguments[0], std::ios::binary);
    if (!file) {
        return std::unexpected("'" + arguments[0] + "' is neither hexadecimal nor a file");
    }
    return read_all(file);
}

/// Captures hold octets as they came, or as hexadecimal text.
std::expected<ByteBuffer, std::string> octets_of(const std::string& text) {
    if (text.size() > max_decode_text) {
        return std::unexpected("more than " + std::to_string(max_decode_text) + " characters");
    }
    const Result<ByteBuffer> octets = from_hex(text);
    if (octets) {
        return *octets;
    }
    const bool is_text = std::ranges::all_of(as_bytes(text), [](Byte octet) {
        return octet == '\t' || octet == '\n' || octet == '\r' || (octet >= 0x20 && octet < 0x7F);
    });
    // A telegram of a P1 port is text and begins with its identification.
    if (is_text && !text.starts_with('/')) {
        return std::unexpected("no hexadecimal digit at character " +
                               std::to_string(octets.error().offset + 1));
    }
    return to_buffer(as_bytes(text));
}

std::expected<ByteBuffer, std::string> option_octets(const std::string& text, const char* variable,
                                                     const char* name) {
    const char* environment = variable != nullptr ? std::getenv(variable) : nullptr;
    const Result<ByteBuffer> octets =
        from_hex(!text.empty() || environment == nullptr ? std::string_view(text) : environment);
    if (!octets) {
        return std::unexpected(std::string(name) + " is not hexadecimal");
    }
    return *octets;
}

/// The lines of a text that has several, each of hexadecimal octets and whole by itself; else
/// nothing.
std::vector<DecodeCommand::WholeLine> whole_lines(const std::string& text,
                                                  const render::DecodeOptions& options) {
    std::vector<DecodeCommand::WholeLine> lines;
    std::istringstream in(text);
    std::size_t number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        auto octets = from_hex(line);
        if (octets && octets->empty()) {
            continue;
        }
        const DecodeLayer layer = octets ? render::detect_layer(*octets) : DecodeLayer::data;
        if (!octets || render::decoded_text(layer, *octets, options).error) {
            return {};
        }
        lines.push_back({number, layer, std::move(*octets)});
    }
    return lines.size() > 1 ? std::move(lines) : std::vector<DecodeCommand::WholeLine>();
}

ExitStatus complain(const std::string& sentence) {
    std::cerr << "dlms decode: " << sentence << '\n';
    return ExitStatus::usage;
}

ExitStatus refuse(DecodeLayer layer, ByteView octets, const Error& error) {
    const std::string_view option = render::accepting_option(octets);
    std::cerr << "dlms decode: as " << name(layer) << ": " << render::fault_text(error, octets);
    if (!option.empty()) {
        std::cerr << "; the option " << option << " accepts it";
    }
    std::cerr << '\n';
    return ExitStatus::protocol;
}

/// What is whole of octets that are refused, and why they are.
void print_refusal(DecodeLayer layer, ByteView octets, const render::DecodeOptions& options,
                   const Error& error) {
    const auto refused = [&](std::string& json, bool shows_part) {
        render::JsonWriter writer(json, 2);
        writer.begin_object();
        writer.key("layer");
        writer.plain(name(layer));
        writer.key("error");
        std::size_t no_data = 0;
        render::write_document(writer, decode_error_json(error, octets), no_data);
        writer.key("partial");
        const bool is_shown = shows_part && render::write_damaged(writer, layer, octets, options);
        if (!shows_part) {
            writer.null();
        }
        writer.end_object();
        return is_shown || !shows_part;
    };
    std::string json;
    if (!refused(json, true)) {
        json.clear();
        refused(json, false);
    }
    std::cout << json << std::endl;
}

}  // namespace

DecodeCommand::DecodeCommand(CLI::App& program)
    : command_(program.add_subcommand("decode", "Show what octets mean")) {
    command_
        ->add_option(
            "input", input_,
            "Hexadecimal octets, a file of them, or a capture; standard input if absent or -")
        ->option_text("HEX|FILE");
    command_
        ->add_option("--layer", layer_,
                     "data, xdlms, sn, acse, wrapper, hdlc, push, cipher, iec62056-21 or "
                     "stream; found out "
                     "if absent")
        ->option_text("NAME");
    command_->add_option("--ek", encryption_key_, "Encryption key; better in DLMS_EK")
        ->option_text("HEX");
    command_->add_option("--ak", authentication_key_, "Authentication key; better in DLMS_AK")
        ->option_text("HEX");
    command_
        ->add_option("--kek", key_encrypting_key_,
                     "Key encrypting key, for keys that octets hold wrapped; better in DLMS_KEK")
        ->option_text("HEX");
    command_
        ->add_option("--system-title", system_title_,
                     "System title of the sender, where the octets do not hold it")
        ->option_text("HEX");
    command_->add_flag("--open-unverified", opens_unverified_,
                       "Without an authentication key: decipher all the same; nothing proves then "
                       "that the octets are right");
    command_->add_flag("--json", json_,
                       "Print JSON in place of text; of a capture one object a line");
    command_->add_flag("--jsonl", json_lines_,
                       "Read objects with id, layer, hex and keys, one a line; answer each in one");
    command_->footer(examples);
}

ExitStatus DecodeCommand::run() {
    if (json_lines_) {
        decode_json_lines(std::cin, std::cout);
        return ExitStatus::done;
    }
    return decode_one();
}

/// The keys that options and environment name.
std::expected<render::DecodeKeys, std::string> DecodeCommand::keys() const {
    const auto encryption = option_octets(encryption_key_, "DLMS_EK", "--ek");
    const auto authentication = option_octets(authentication_key_, "DLMS_AK", "--ak");
    const auto key_encrypting = option_octets(key_encrypting_key_, "DLMS_KEK", "--kek");
    const auto title = option_octets(system_title_, nullptr, "--system-title");
    for (const auto* part : {&encryption, &authentication, &key_encrypting, &title}) {
        if (!*part) {
            return std::unexpected(part->error());
        }
    }
    return render::DecodeKeys{SecretBytes(*encryption), SecretBytes(*authentication), *title,
                              SecretBytes(*key_encrypting), opens_unverified_};
}

ExitStatus DecodeCommand::decode_one() {
    const auto keys = this->keys();
    if (!keys) {
        return complain(keys.error());
    }
    if (names_capture(input_)) {
        return decode_capture(*keys);
    }
    const auto text = input_text(input_);
    const auto octets = text
                            ? octets_of(*text)
                            : std::expected<ByteBuffer, std::string>(std::unexpected(text.error()));
    if (!octets) {
        return complain(octets.error());
    }
    const auto named = render::decode_layer_from_name(layer_);
    if (!layer_.empty() && !named) {
        return complain("--layer: no layer is called '" + layer_ + "'");
    }
    const DecodeLayer layer = named ? *named : render::detect_layer(*octets);
    render::DecodeOptions options;
    options.keys = &*keys;
    const bool has_lines = !named && text->find('\n') < text->find_last_not_of(" \t\r\n");
    if (has_lines && render::decoded_text(layer, *octets, options).error) {
        if (const auto lines = whole_lines(*text, options); !lines.empty()) {
            return print_lines(lines, options);
        }
    }
    return json_ ? print_json(layer, *octets, options) : print_text(layer, *octets, options);
}

ExitStatus DecodeCommand::print_json(DecodeLayer layer, ByteView octets,
                                     const render::DecodeOptions& options) const {
    std::string json;
    render::JsonWriter writer(json, 2);
    writer.begin_object();
    writer.key("layer");
    writer.plain(name(layer));
    writer.key("decoded");
    if (const Status written = render::write_decoded(writer, layer, octets, options); !written) {
        print_refusal(layer, octets, options, written.error());
        return refuse(layer, octets, written.error());
    }
    writer.end_object();
    writer.flush();
    std::cout << json << '\n';
    return ExitStatus::done;
}

ExitStatus DecodeCommand::print_text(DecodeLayer layer, ByteView octets,
                                     render::DecodeOptions options) const {
    options.offsets = true;
    const render::DecodedText shown = render::decoded_text(layer, octets, options);
    if (!shown.text.empty()) {
        std::cout << name(layer) << ", " << octets.size() << " octets\n"
                  << shown.text << std::flush;
    }
    return shown.error ? refuse(layer, octets, *shown.error) : ExitStatus::done;
}

ExitStatus DecodeCommand::print_lines(const std::vector<WholeLine>& lines,
                                      const render::DecodeOptions& options) const {
    for (const WholeLine& line : lines) {
        if (!json_) {
            std::cout << "line " << line.number << ": ";
            print_text(line.layer, line.octets, options);
            continue;
        }
        std::string json;
        render::JsonWriter writer(json);
        writer.begin_object();
        writer.key("line");
        writer.integer(line.number);
        writer.key("layer");
        writer.plain(name(line.layer));
        writer.key("decoded");
        if (const Status written = render::write_decoded(writer, line.layer, line.octets, options);
            !written) {
            return refuse(line.layer, line.octets, written.error());
        }
        writer.end_object();
        writer.flush();
        std::cout << json << '\n';
    }
    return ExitStatus::done;
}

ExitStatus DecodeCommand::decode_capture(const render::DecodeKeys& keys) const {
    const auto print = [this](const Json& entry) {
        if (!json_) {
            std::cout << render::entry_text(entry);
            return;
        }
        std::string json;
        std::size_t budget = render::max_decoded_data;
        render::JsonWriter writer(json);
        if (render::write_document(writer, entry, budget)) {
            writer.flush();
            std::cout << json << '\n';
        } else {
            std::cerr << "dlms decode: an entry of more than " << render::max_decoded_data
                      << " values is left out\n";
        }
    };
    render::CaptureConversation conversation(
        {.keys = &keys, .offsets = !json_, .data = render::DataForm::octets}, print);
    const std::string file = is_standard_input(input_) ? "-" : input_[0];
    const auto read = read_capture(file, [&](render::PacketLink link, render::CaptureTime time,
                                             ByteView captured, std::size_t on_the_wire) {
        conversation.receive(link, time, captured, on_the_wire);
    });
    conversation.finish();
    std::cerr << render::summary_text(conversation.counters());
    if (read) {
        return ExitStatus::done;
    }
    const ExitStatus status = complain(read.error().message);
    return read.error().is_damaged ? ExitStatus::protocol : status;
}

}  // namespace dlms::cli

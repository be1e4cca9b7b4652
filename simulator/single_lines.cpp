// What happens to single lines of the fleet while the meters run.

#include "simulator/listening_places.hpp"

namespace dlms::simulator {

std::size_t ListeningPlaces::connections(std::size_t line) const {
    std::size_t count = 0;
    for (const auto& server : tcp_[line]) {
        count += server->connections();
    }
    for (const std::shared_ptr<Dialler>& dialler : diallers_[line]) {
        count += dialler->is_connected() ? 1U : 0U;
    }
    return count;
}

void ListeningPlaces::disconnect(std::size_t line) {
    for (const auto& server : tcp_[line]) {
        server->disconnect();
    }
    for (const std::shared_ptr<Dialler>& dialler : diallers_[line]) {
        dialler->hang_up();
    }
}

void ListeningPlaces::suspend(std::size_t line) {
    for (const auto& server : tcp_[line]) {
        server->close();
    }
}

void ListeningPlaces::power_changed(std::size_t line, std::size_t place) {
    if (place < diallers_[line].size()) {
        diallers_[line][place]->power_changed();
    }
}

Status ListeningPlaces::resume(std::size_t line) {
    Status all;
    for (const auto& server : tcp_[line]) {
        const Status resumed = server->resume();
        all = all ? resumed : all;
    }
    return all;
}

void ListeningPlaces::dial_from(std::size_t line) {
    for (std::size_t i = 0; i < fleet_[line]->size(); ++i) {
        call_.seed += 1000;
        diallers_[line].push_back(Dialler::start(executor_, (*fleet_[line])[i], call_, log_));
    }
}

void ListeningPlaces::serve_pushes(std::size_t line) {
    std::vector<std::shared_ptr<PushSender>>& senders = push_senders_[line];
    const MeterGroup& meters = *fleet_[line];
    while (senders.size() < meters.size()) {
        Meter& meter = meters[senders.size()];
        senders.push_back(meter.has_push_setups()
                              ? PushSender::start(executor_, meter, options_.push_to, log_)
                              : nullptr);
    }
}

MeterGroup::Reach ListeningPlaces::reach(const LinePorts& ports) const {
    if (!ports.any()) {
        return options_.reach();
    }
    return ports.hdlc ? MeterGroup::Reach::hdlc_too : MeterGroup::Reach::wrapper_alone;
}

bool ListeningPlaces::is_fixed(std::size_t line) const {
    return !serial_.empty() || !diallers_[line].empty();
}

std::expected<ListeningPlaces::LinePorts, std::string> ListeningPlaces::open_line_of_fleet(
    std::size_t line, LinePorts ports) {
    tcp_.resize(fleet_.size());
    diallers_.resize(fleet_.size());
    push_senders_.resize(fleet_.size());
    if (!ports.any()) {
        constexpr std::uint16_t any = 0;
        ports.tcp = options_.opens_wrapper() ? std::optional(any) : std::nullopt;
        ports.hdlc = options_.hdlc_port ? std::optional(any) : std::nullopt;
        ports.udp = options_.udp_port ? std::optional(any) : std::nullopt;
    }
    const auto open =
        [&](std::optional<std::uint16_t>& port,
            Result<std::uint16_t> (ListeningPlaces::*serve)(std::size_t, const Where&)) {
            if (!port) {
                return Opened();
            }
            const Result<std::uint16_t> opened = (this->*serve)(line, {addresses_.front(), *port});
            if (!opened) {
                return Opened(std::unexpected("cannot listen on " + addresses_.front().to_string() +
                                              " port " + std::to_string(*port) + ": " +
                                              describe(opened.error())));
            }
            port = *opened;
            return Opened();
        };
    Opened opened = open(ports.tcp, &ListeningPlaces::serve_wrapper);
    if (opened) {
        opened = open(ports.hdlc, &ListeningPlaces::serve_hdlc);
    }
    if (opened) {
        opened = open(ports.udp, &ListeningPlaces::serve_udp);
    }
    if (!opened) {
        return std::unexpected(opened.error());
    }
    if (!options_.dial.empty()) {
        dial_from(line);
    }
    serve_pushes(line);
    return ports;
}

void ListeningPlaces::close_line(std::size_t line) {
    tcp_[line].clear();
    if (line < udp_.size()) {
        udp_[line].reset();
    }
    close_all(diallers_[line]);
    close_all(push_senders_[line]);
}

}  // namespace dlms::simulator

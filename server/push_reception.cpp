#include "server/push_reception.hpp"

#include <utility>

#include <asio/post.hpp>

namespace dlms::service {

namespace {

// Callers that wait for notifications; each is a connection that is open.
constexpr std::size_t most_waiting = 1000;
constexpr std::chrono::milliseconds watch_every{250};

std::optional<client::dial_in::ModemFrame> named_sender(const wrapper::Wpdu& wpdu) {
    if (auto frame = client::dial_in::recognise_push(wpdu)) {
        return frame;
    }
    return client::dial_in::recognise_hexing_wpdu(wpdu);
}

}  // namespace

PushReception::PushReception(const asio::any_io_executor& io, Settings settings,
                             Surroundings surroundings)
    : io_(io),
      settings_(std::move(settings)),
      surroundings_(std::move(surroundings)),
      timer_(io),
      self_(std::make_shared<PushReception*>(this)) {
    PushIntake::Settings intake;
    intake.log = settings_.log;
    intake.counters = settings_.counters;
    intake.most_kept = settings_.most_kept;
    intake.shown = settings_.shown;
    intake.kept = [self = std::weak_ptr(self_)] {
        if (const auto alive = self.lock()) {
            (*alive)->more_kept();
        }
    };
    intake_ = std::make_unique<PushIntake>(io, std::move(intake));
}

PushReception::~PushReception() {
    self_.reset();
    if (listener_) {
        listener_->close();
    }
    queries_.stop();
    queries_.join();
}

std::optional<std::string> PushReception::start() {
    if (!settings_.udp_port) {
        return std::nullopt;
    }
    auto listener = transport::UdpListener::listen(
        io_, {asio::ip::make_address(settings_.host), *settings_.udp_port},
        [this](const asio::ip::udp::endpoint& peer, ByteView datagram) {
            from_datagram(peer, datagram);
        });
    if (!listener) {
        return "the UDP port for notifications, " + settings_.host + " " +
               std::to_string(*settings_.udp_port) +
               ", cannot be opened: " + std::string(name(listener.error().code));
    }
    listener_ = std::move(*listener);
    return std::nullopt;
}

std::uint16_t PushReception::udp_port() const {
    return listener_ ? listener_->local_endpoint().port() : std::uint16_t{0};
}

void PushReception::take(PushOrigin origin, ByteBuffer apdu, PushIntake::Confirm confirm) {
    if (origin.meter_number.empty()) {
        intake_->take(std::move(origin), std::move(apdu), std::nullopt, std::move(confirm));
        return;
    }
    const std::string number = origin.meter_number;
    surroundings_.find_meter(
        number, [self = std::weak_ptr(self_), origin = std::move(origin), apdu = std::move(apdu),
                 confirm = std::move(confirm)](std::optional<PushMeter> meter) mutable {
            if (const auto alive = self.lock()) {
                (*alive)->intake_->take(std::move(origin), std::move(apdu), std::move(meter),
                                        std::move(confirm));
            }
        });
}

void PushReception::from_call(const client::dial_in::CallInfo& call,
                              client::dial_in::CallStream::Piece::Kind kind, ByteView octets) {
    auto pushed = pieces_[call.id].take(kind, octets);
    if (!pushed) {
        return;
    }
    PushIntake::Confirm confirm;
    if (pushed->source_wport) {
        confirm = [send = surroundings_.send, id = call.id, from = *pushed->destination_wport,
                   to = *pushed->source_wport](ByteView apdu) {
            ByteBuffer octets_to_send;
            Writer writer(octets_to_send);
            wrapper::encode(writer, {from, to, apdu});
            send(id, octets_to_send);
        };
    }
    take({"dial-in", call.address, call.serial_number, call.meter_number}, std::move(pushed->apdu),
         std::move(confirm));
}

void PushReception::from_datagram(const asio::ip::udp::endpoint& peer, ByteView datagram) {
    const auto wpdu = wrapper::decode_wpdu(datagram);
    if (!wpdu || wpdu->apdu.empty()) {
        return;
    }
    PushIntake::Confirm confirm = [listener = std::weak_ptr(listener_), peer,
                                   from = wpdu->destination_wport,
                                   to = wpdu->source_wport](ByteView apdu) {
        ByteBuffer octets;
        Writer writer(octets);
        wrapper::encode(writer, {from, to, apdu});
        if (const auto alive = listener.lock()) {
            static_cast<void>(alive->send_to(peer, octets));
        }
    };
    PushOrigin origin{"udp", peer.address().to_string(), {}, {}};
    ByteBuffer apdu = to_buffer(wpdu->apdu);
    const auto sender = named_sender(*wpdu);
    if (!sender || sender->serial_number.empty()) {
        take(std::move(origin), std::move(apdu), std::move(confirm));
        return;
    }
    origin.serial_number = sender->serial_number;
    surroundings_.find_number(
        sender->serial_number,
        [self = std::weak_ptr(self_), origin = std::move(origin), apdu = std::move(apdu),
         confirm = std::move(confirm)](std::optional<std::string> number) mutable {
            if (const auto alive = self.lock()) {
                origin.meter_number = number.value_or("");
                (*alive)->take(std::move(origin), std::move(apdu), std::move(confirm));
            }
        });
}

void PushReception::ask(NotificationsRequest request, Responder responder) {
    const store::NotificationQuery query = request.query;
    find(std::move(request),
         [query, responder = std::move(responder)](std::optional<Records> records) mutable {
             if (!records) {
                 responder.answer(busy_answer(503, "Too many callers wait for notifications", 1));
             } else if (!*records) {
                 responder.answer(error_answer(500, "The notifications cannot be read"));
             } else {
                 responder.answer(notifications_answer(**records, query));
             }
         });
}

void PushReception::answer(std::function<HttpAnswer(store::NotificationLog&)> make,
                           Responder responder) {
    auto shared = std::make_shared<Responder>(std::move(responder));
    asio::post(queries_, [log = settings_.log, make = std::move(make), shared] {
        shared->answer(make(*log));
    });
}

void PushReception::find(NotificationsRequest request, Found found) {
    if (request.wait.count() > 0 && waiting_.size() >= most_waiting) {
        found(std::nullopt);
        return;
    }
    const auto until = std::chrono::steady_clock::now() + request.wait;
    waiting_.push_back({std::move(request), std::move(found), until});
    look_for(std::prev(waiting_.end()));
}

void PushReception::look_for(std::list<Waiting>::iterator waiting) {
    waiting->is_asking = true;
    asio::post(queries_, [this, alive = std::weak_ptr(self_), waiting,
                          query = waiting->request.query] {
        auto found = std::make_shared<Result<std::vector<store::NotificationRecord>>>(
            settings_.log->list(query));
        asio::post(io_, [this, alive, waiting, found] {
            if (alive.expired()) {
                return;
            }
            waiting->is_asking = false;
            const bool is_over = is_stopped_ || std::chrono::steady_clock::now() >= waiting->until;
            if (*found && (*found)->empty() && !is_over) {
                watch();
                return;
            }
            // It may ask for more.
            Found told = std::move(waiting->found);
            waiting_.erase(waiting);
            told(std::move(*found));
        });
    });
}

void PushReception::more_kept() {
    if (settings_.kept) {
        settings_.kept();
    }
    for (auto waiting = waiting_.begin(); waiting != waiting_.end(); ++waiting) {
        if (!waiting->is_asking) {
            look_for(waiting);
        }
    }
}

void PushReception::stop() {
    is_stopped_ = true;
    more_kept();
}

// Whose time is over is answered with nothing. One who asked as something was being kept is
// answered here too, a little later.
void PushReception::watch() {
    if (std::exchange(is_watching_, true)) {
        return;
    }
    timer_.expires_after(watch_every);
    timer_.async_wait([this, alive = std::weak_ptr(self_)](const std::error_code& error) {
        if (error || alive.expired()) {
            return;
        }
        is_watching_ = false;
        const auto present = std::chrono::steady_clock::now();
        bool is_more = false;
        for (auto waiting = waiting_.begin(); waiting != waiting_.end(); ++waiting) {
            if (!waiting->is_asking && present >= waiting->until) {
                look_for(waiting);
            }
            is_more = true;
        }
        if (is_more) {
            watch();
        }
    });
}

}  // namespace dlms::service

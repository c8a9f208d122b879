package control

// help is the response of GET /control/.
const help = `The simulated Spotify is controlled by JSON over HTTP. Durations are strings such as "90s".

GET  /control/accounts                    lists all accounts, with their refresh tokens
POST /control/accounts                    {"display_name":"Rosa"}: creates an account
GET  /control/accounts/ID                 shows its devices, the songs that played, and the silences
POST /control/accounts/ID/host            {"action":"pause"}: acts as the host in Spotify's app. Actions:
                                          pause, resume, skip, previous, close-app, open-app, vanish, freeze,
                                          repeat (mode: track, context, off), shuffle (on),
                                          seek (position), play (uri), play-playlist (uri, at), volume (percent),
                                          transfer, remove-device (device), add-device (new), set-device (new),
                                          advertise, episode, local-file, unknown (length)
POST /control/accounts/ID/switches        {"free":true,"autoplay":true,"stale":"1s"}: changes these switches; shows all.
                                          Others: success, not_allowed, follows_playlist, items_forbidden, progress,
                                          end_stuck, without_context, crossfade, automix, ad_between, sleep_after,
                                          sleep_listed, sleep_new_id
POST /control/accounts/ID/revoke          revokes all authorizations
POST /control/accounts/ID/troubles        {"seed":7,"kinds":["crossfade"],"longest":"1m","most":5,"songs":[]}:
                                          lets a random trouble happen, by default of any kind; shows which
DELETE /control/accounts/ID/troubles      ends all troubles
POST /control/app                         {"extended":true,"rotate":true,"limit":100}: changes switches of the app.
                                          Others: owner_free, limit_json, retry_after, quota,
                                          recommendations_forbidden, long_names, long_urls
POST /control/faults                      {"path":"/v1/me/player/queue","status":502,"delay":"2s",
                                          "after_applying":true}: makes the next such request fail. More fields:
                                          method, exact, uri (of one track), times (-1: all), for, probability,
                                          message, reason, plain_text, html, empty, retry_after, retry_after_text,
                                          applied_after, content_type, and body (real, truncated, slow, endless)
DELETE /control/faults                    clears the faults that have not occurred yet
POST /control/looks                       {"kind":"stale","age":"5s","probability":0.2,"for":"10m"}: makes responses
                                          about the player, or with "queue":true its queue, differ from it. Kinds:
                                          stale (age), repeated, null, missing (field), nothing, previous-track, ghost,
                                          zero-progress, stuck-progress, not-playing, old-timestamp (age),
                                          unknown-type; of the queue also repeated-items, lists-current.
                                          More fields: account, times
DELETE /control/looks                     removes all looks
POST /control/tracks                      {"uri":"spotify:track:ID","broken":"skipped"}: breaks a track: skipped,
                                          silent, stuck or endless
DELETE /control/tracks                    repairs all tracks
POST /control/clock                       {"advance":"10m"}: sets the clock ahead; shows its time
GET  /control/journal                     counts requests, and injected faults, by kind
GET  /control/catalogue                   lists all songs
`

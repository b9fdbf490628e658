"""The operator page and what programs use over HTTP: `service` is the surface.

app         the web application; files: the static page in `web`; page_json: values as JSON
sources     what the page is given of the show; page_token: who may
live        the page's socket, with live_client, live_hub, live_messages, live_outbox, live_pictures
rest        controls for programs, outputs_api: where the picture lies; openapi, openapi_outputs, openapi_page: their
            description
"""

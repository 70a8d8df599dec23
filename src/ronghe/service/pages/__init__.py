"""The pages: a shop window for shoppers and a console for merchandisers, rendered on the server."""

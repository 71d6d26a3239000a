"""How far the languages are: documents against languages, what waits for a speaker, what nobody recorded."""

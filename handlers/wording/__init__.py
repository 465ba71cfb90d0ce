"""Every sentence, help text and trigger word that a person reads or says. A file a feature; Chinese, warm and short."""

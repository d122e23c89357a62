//! Where traces go.

use clap::Args;

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Logs and traces")]
pub(crate) struct TraceArgs {
    /// OTLP collector for traces, by gRPC, such as http://localhost:4317; no traces without one
    #[arg(
        long,
        env = "OTEL_EXPORTER_OTLP_ENDPOINT",
        default_value = "",
        hide_default_value = true,
        value_name = "URL"
    )]
    pub(crate) otlp_endpoint: String,
}

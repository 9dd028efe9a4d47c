using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using Settlement.Projections.EventStore;

namespace Settlement.Api.Serve;

/// <summary>
/// How much the logs hold, as a metric: <c>settlement.log.events</c> with the tenant (its rate is the speed). Sent by OTLP
/// where OTEL_EXPORTER_OTLP_ENDPOINT names a collector.
/// </summary>
public sealed class LogMetrics : BackgroundService
{
    public const string MeterName = "Settlement.Log";

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private readonly Engine engine;
    private readonly Meter meter = new(MeterName);
    private readonly MeterProvider? exporter;
    private volatile IReadOnlyList<TenantStatus> tenants = [];

    public LogMetrics(Engine engine)
    {
        this.engine = engine;
        meter.CreateObservableCounter("settlement.log.events", Measure, "{event}");
        exporter = Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 }
            ? Sdk.CreateMeterProviderBuilder().AddMeter(MeterName).AddMeter(StoreMetrics.MeterName)
                .AddMeter(Partners.PartnerPulls.MeterName).AddMeter("Npgsql").AddOtlpExporter().Build()
            : null;
    }

    public override void Dispose()
    {
        exporter?.Dispose();
        meter.Dispose();
        base.Dispose();
    }

    /// <summary>Looks at the heads once; tests need no clock for it.</summary>
    public async Task Look(CancellationToken stop) => tenants = await engine.Store.Status(stop);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every);
        do
        {
            try
            {
                await Look(stoppingToken);
            }
            catch (Exception outage) when (SqlStates.IsOutage(outage))
            {
                // the last figures stand until the database answers again
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private IEnumerable<Measurement<long>> Measure() => tenants.Select(tenant =>
        new Measurement<long>(tenant.Events, new KeyValuePair<string, object?>("tenant", tenant.Tenant)));
}

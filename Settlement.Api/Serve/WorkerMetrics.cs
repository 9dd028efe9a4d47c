using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using Settlement.Projections.EventStore;
using Settlement.Projections.Workers;

namespace Settlement.Api.Serve;

/// <summary>
/// How far the workers are, as metrics: <c>settlement.projection.number</c> (events applied; its rate is the speed),
/// <c>settlement.projection.lag</c> (events not yet applied), <c>settlement.projection.parked</c> (1 = waits at an
/// event). Each with tenant and projection. Sent by OTLP where OTEL_EXPORTER_OTLP_ENDPOINT names a collector.
/// </summary>
public sealed class WorkerMetrics : BackgroundService
{
    public const string MeterName = "Settlement.Workers";

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private readonly Engine engine;
    private readonly Meter meter = new(MeterName);
    private readonly MeterProvider? exporter;
    private volatile IReadOnlyList<ProjectionLag> lags = [];

    public WorkerMetrics(Engine engine)
    {
        this.engine = engine;
        meter.CreateObservableCounter("settlement.projection.number", () => Measure(lag => lag.Number), "{event}");
        meter.CreateObservableGauge("settlement.projection.lag", () => Measure(lag => lag.Behind), "{event}");
        meter.CreateObservableGauge("settlement.projection.parked", () => Measure(lag => lag.IsParked ? 1L : 0L));
        exporter = Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 }
            ? Sdk.CreateMeterProviderBuilder().AddMeter(MeterName).AddMeter(Partners.PartnerPulls.MeterName).AddMeter("Npgsql").AddOtlpExporter().Build()
            : null;
    }

    public override void Dispose()
    {
        exporter?.Dispose();
        meter.Dispose();
        base.Dispose();
    }

    /// <summary>Looks at the checkpoints once; tests need no clock for it.</summary>
    public async Task Look(CancellationToken stop) => lags = await engine.Workers.Lags(stop);

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

    private IEnumerable<Measurement<long>> Measure(Func<ProjectionLag, long> value) =>
        lags.Select(lag => new Measurement<long>(
            value(lag), new KeyValuePair<string, object?>("tenant", lag.Tenant),
            new KeyValuePair<string, object?>("projection", lag.Projection)));
}

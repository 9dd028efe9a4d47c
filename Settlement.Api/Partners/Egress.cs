using System.Net;
using System.Net.Sockets;
using Settlement.Domain;

namespace Settlement.Api.Partners;

/// <summary>A call that is not made: the address is not one a partner can have.</summary>
public sealed class EgressRefusedException(Refusal refusal) : Exception(refusal.ToString())
{
    public Refusal Refusal { get; } = refusal;
}

/// <summary>
/// The only way out to addresses that others name. Over https, to public addresses, without redirects; the address is
/// looked at when the connection is made, so that a name that changes its mind in between does not help.
/// </summary>
public static class Egress
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(10);

    /// <param name="allowPrivate">For development: plain http and any address.</param>
    public static SocketsHttpHandler Handler(bool allowPrivate) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        ConnectTimeout = ConnectPatience,
        MaxResponseHeadersLength = 64,
        ConnectCallback = (context, stop) => Connect(context.DnsEndPoint, allowPrivate, stop),
    };

    /// <summary>Null: it may be called.</summary>
    public static Refusal? Check(string? url, bool allowPrivate, out Uri? uri)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out uri) || uri.Scheme is not ("https" or "http") || uri.UserInfo.Length > 0)
        {
            return new Refusal("url.malformed", "It is no web address, or one with a user in it.");
        }

        if (uri.Scheme != "https" && !allowPrivate)
        {
            return new Refusal("url.not-https", "Only https is called.");
        }

        return !allowPrivate && IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) && !IsPublic(address)
            ? Private
            : null;
    }

    /// <summary>No address of this machine, its network, or a special purpose (RFC 6890).</summary>
    public static bool IsPublic(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return IsPublic(address.GetAddressBytes());
        }

        Span<byte> b = stackalloc byte[16];
        address.TryWriteBytes(b, out _);
        if (address.IsIPv4MappedToIPv6 || b[..12].IndexOfAnyExcept((byte)0) < 0
            || (b[0] == 0 && b[1] == 0x64 && b[2] == 0xff && b[3] == 0x9b))
        {
            return IsPublic(b[12..]); // mapped, compatible, translated: what counts is the IPv4 address inside
        }

        if (b[0] == 0x20 && b[1] == 0x02)
        {
            return IsPublic(b[2..6]); // 6to4
        }

        // global unicast without documentation and Teredo
        return (b[0] & 0xe0) == 0x20
            && !(b[0] == 0x20 && b[1] == 0x01 && ((b[2] == 0x0d && b[3] == 0xb8) || (b[2] == 0 && b[3] == 0)));
    }

    private static readonly Refusal Private = new(
        "url.private-address", "The address is of this machine or a private network; partners are called at public ones.");

    private static bool IsPublic(ReadOnlySpan<byte> b) => b[0] switch
    {
        0 or 10 or 127 => false,
        100 => (b[1] & 0xc0) != 64,
        169 => b[1] != 254,
        172 => (b[1] & 0xf0) != 16,
        192 => b[1] != 168 && !(b[1] == 0 && b[2] is 0 or 2) && !(b[1] == 88 && b[2] == 99),
        198 => b[1] is not (18 or 19) && !(b[1] == 51 && b[2] == 100),
        203 => !(b[1] == 0 && b[2] == 113),
        >= 224 => false,
        _ => true,
    };

    private static async ValueTask<Stream> Connect(DnsEndPoint to, bool allowPrivate, CancellationToken stop)
    {
        var addresses = IPAddress.TryParse(to.Host, out var literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(to.Host, stop);
        var allowed = allowPrivate ? addresses : [.. addresses.Where(IsPublic)];
        if (allowed.Length == 0)
        {
            throw new EgressRefusedException(Private);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, to.Port, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

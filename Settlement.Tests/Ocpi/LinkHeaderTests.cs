using FsCheck;
using FsCheck.Fluent;
using Settlement.Api.Partners;

namespace Settlement.Tests.Ocpi;

public class LinkHeaderTests
{
    [Theory]
    [InlineData("<https://a.example/cdrs?offset=2>; rel=\"next\"", "https://a.example/cdrs?offset=2")]
    [InlineData("</cdrs?offset=2>; rel=\"next\"", "/cdrs?offset=2")]
    [InlineData("<x>; rel=next", "x")]
    [InlineData("<x>; rel=NEXT", "x")]
    [InlineData("<x> ; REL = \"Next\"", "x")]
    [InlineData("<y>; rel=\"prev\", <x>; rel=\"next\"", "x")]
    [InlineData("<x?ids=1,2,3>; rel=\"next\"", "x?ids=1,2,3")]
    [InlineData("<x;v=1?a;b>; rel=\"next\"", "x;v=1?a;b")]
    [InlineData("<x>; title=\"one, <two>; rel=prev\"; rel=\"next\"", "x")]
    [InlineData("<x>; title=\"a \\\" , <z>; b\"; rel=\"next\"", "x")]
    [InlineData("<x>; rel=\"prev next\"", "x")]
    [InlineData("<x>; rel=\"prev\"; rel=\"next\"", null)]
    [InlineData("<x>; rel=\"next\"; anchor=\"/elsewhere\"", null)]
    [InlineData(",, <x>; rel=\"next\"", "x")]
    [InlineData("<x>; rel", null)]
    [InlineData("<x; rel=\"next\"", null)]
    [InlineData("x; rel=\"next\"", null)]
    [InlineData("", null)]
    public void The_next_page_is_found_by_the_grammar_of_the_header(string header, string? next) =>
        LinkHeader.Next([header]).ShouldBe(next);

    [Fact]
    public void Several_headers_are_one_list() =>
        LinkHeader.Next(["<y>; rel=\"prev\"", "<x>; rel=\"next\""]).ShouldBe("x");

    private static readonly Gen<string> Inside =
        Gen.Elements('a', '1', '/', '?', '&', '=', ',', ';', '"', '\\', ' ', '<').ListOf().Select(list => string.Concat(list));

    private static readonly Gen<(string Name, string Value)> Parameter =
        from name in Gen.Elements("title", "type", "media", "rev")
        from value in Inside
        select (name, value);

    private static readonly Gen<List<WebLink>> Links =
        (from target in Inside
         from before in Parameter.ListOf()
         from relation in Gen.Elements("next", "prev", "first", "last")
         from after in Parameter.ListOf()
         select new WebLink(target, [.. before, ("rel", relation), .. after])).ListOf().Select(list => list.ToList());

    /// <summary>Whatever stands in targets and quoted values, what is written by the grammar is read back.</summary>
    [Fact]
    public void What_is_written_by_the_grammar_is_read_back() => Prop.ForAll(Links.ToArbitrary(), links =>
    {
        var header = string.Join(", ", links.Select(link => $"<{link.Target}>" + string.Concat(link.Parameters.Select(
            each => $"; {each.Name}=\"{each.Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""))));
        var read = LinkHeader.Read(header);
        return read.Select(link => link.Target).SequenceEqual(links.Select(link => link.Target))
            && read.Zip(links).All(pair => pair.First.Parameters.SequenceEqual(pair.Second.Parameters))
            && LinkHeader.Next([header]) == links.FirstOrDefault(link => link.Is("next"))?.Target;
    }).Check(Laws.Config(100));

    [Fact]
    public void No_header_is_too_broken_to_be_looked_at() => Prop.ForAll(
        Gen.Elements('<', '>', ';', ',', '"', '\\', '=', ' ', 'r', 'e', 'l', 'n').ListOf().Select(list => string.Concat(list)).ToArbitrary(),
        header => LinkHeader.Read(header).Count <= header.Length).Check(Laws.Config(100));
}

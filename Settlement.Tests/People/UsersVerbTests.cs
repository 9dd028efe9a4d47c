using Settlement.Api.Demo;
using Settlement.Api.People;
using Settlement.Domain;
using Settlement.Domain.People;
using Settlement.Tests.Intake;

namespace Settlement.Tests.People;

/// <summary>Accounts on the command line, and that the rights hold there too.</summary>
public sealed class UsersVerbTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_admin_makes_the_others_and_nobody_else_does()
    {
        await using var town = await Town.Begin();
        var first = await town.Program("users", "add", "root", "--role", "admin");
        var stranger = await town.Program("users", "add", "ana", "--role", "analyst");
        var second = await town.Program("users", "add", "Ana", "--role", "analyst", "--actor", "root");
        var third = await town.Program("users", "add", "eve", "--role", "admin", "--actor", "ana");
        var pair = await town.Program("users", "roles", "ana", "--role", "analyst,approver", "--actor", "root");

        (first.Exit, second.Exit).ShouldBe((0, 0), first.Errors + second.Errors);
        stranger.Errors.ShouldContain("(user.unknown)");
        third.Errors.ShouldContain("it takes admin");
        pair.Errors.ShouldContain("(roles.forbidden-pair)");
        var people = await town.Engine.People.Current(Stop);
        people.Users.Select(user => user.Name).ShouldBe(["ana", "root"]);
        var shown = second.Output.Split(' ').Single(word => word.Count(c => c == '-') == 3);
        Passwords.Fits(people.Find("ana"), shown).ShouldBeTrue();
        Passwords.Fits(people.Find("root"), shown).ShouldBeFalse();
        people.Find("ana")!.MustChangePassword.ShouldBeTrue();
        (await town.Count($"select count(*) from log.mt_events where data::text like '%{shown}%'")).ShouldBe(0);
    }

    [Fact]
    public async Task An_actor_must_be_somebody_with_the_right_once_there_is_anybody()
    {
        await using var town = await Town.Begin();
        await DemoPeople.Make(town.Engine, Stop);

        var unknown = await town.Program("rules", "--approve", "all", "--actor", "bob");
        var analyst = await town.Program("rules", "--approve", "all", "--actor", "ana");
        var controller = await town.Program("rules", "--approve", "all", "--actor", "chloe");

        unknown.Errors.ShouldContain("(user.unknown)");
        analyst.Errors.ShouldContain("it takes tax or controller");
        (unknown.Exit, analyst.Exit, controller.Exit).ShouldBe((2, 2, 0));
    }

    [Fact]
    public async Task In_the_demo_nobody_has_to_be_named_and_who_is_named_must_have_the_right()
    {
        await using var town = await Town.Begin();
        await DemoPeople.Make(town.Engine, Stop);

        var unnamed = await town.Program("token", "US-CPI");
        var approver = await town.Program("token", "US-CPI", "--actor", "bruno");

        unnamed.Exit.ShouldBe(0, unnamed.Errors);
        approver.Errors.ShouldContain("it takes partner-operations or controller");
    }

    [Fact]
    public async Task Demo_users_are_never_served_outside_the_demo()
    {
        await using var town = await Town.Begin();
        await DemoPeople.Make(town.Engine, Stop);

        var serve = await town.Program("serve", "--port", "0");

        serve.Exit.ShouldBe(2);
        serve.Errors.ShouldContain("(demo.users)");
    }

    [Fact]
    public async Task A_first_start_makes_an_admin_once()
    {
        await using var town = await Town.Begin();
        (await Doorkeeper.Open(town.Engine, isDemo: false, Stop)).ShouldBeNull();
        (await Doorkeeper.Open(town.Engine, isDemo: false, Stop)).ShouldBeNull();

        var admin = (await town.Engine.People.Current(Stop)).Users.ShouldHaveSingleItem();
        (admin.Name, admin.MustChangePassword).ShouldBe(("admin", true));
        admin.Roles.ShouldBe([Role.Admin]);
        (await town.Count("select count(*) from log.mt_events where tenant_id = '@admin' and type = 'password_set'"))
            .ShouldBe(1);
    }

    [Fact]
    public async Task Of_two_admins_who_close_each_others_account_one_stays()
    {
        await using var town = await Town.Begin();
        var store = town.Engine.People;
        foreach (var name in new[] { "one", "two" })
        {
            await store.Record(
                people => UserDecisions.Create(name, null, [Role.Admin], UserKind.Person, people, town.Engine.Now),
                "test", Stop);
        }

        var answers = await Task.WhenAll(
            store.Record(people => UserDecisions.Deactivate("one", people, town.Engine.Now), "two", Stop),
            store.Record(people => UserDecisions.Deactivate("two", people, town.Engine.Now), "one", Stop));

        answers.Count(answer => answer is null).ShouldBe(1);
        answers.Single(answer => answer is not null)!.Code.ShouldBe("user.last-admin");
    }

    [Fact]
    public async Task An_access_review_shows_every_account_with_its_rights()
    {
        await using var town = await Town.Begin();
        await DemoPeople.Make(town.Engine, Stop);

        var (exit, output, errors) = await town.Program("users", "--csv");

        exit.ShouldBe(0, errors);
        output.Split('\n').Length.ShouldBe(DemoPeople.All.Count + 2);
        output.ShouldContain("chloe,Chloé Nguyen,demo,yes,controller,Read ReadSystem ReleaseHeld");
    }

    [Fact]
    public async Task A_machine_gets_a_token_and_no_password()
    {
        await using var town = await Town.Begin();
        await town.Program("users", "add", "erp", "--machine", "--role", "auditor");
        var token = await town.Program("users", "token", "erp");
        var password = await town.Program("users", "password", "erp");

        token.Exit.ShouldBe(0, token.Errors);
        (await town.Engine.People.OfToken(token.Output.Trim(), town.Engine.Now, Stop))!.Name.ShouldBe("erp");
        (await town.Engine.People.OfToken(token.Output.Trim() + "0", town.Engine.Now, Stop)).ShouldBeNull();
        password.Errors.ShouldContain("(user.machine)");
    }
}

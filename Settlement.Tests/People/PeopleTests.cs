using NodaTime;
using Settlement.Domain;
using Settlement.Domain.People;
using static Settlement.Domain.People.UserFact;

namespace Settlement.Tests.People;

/// <summary>Who may do what, and what no one person may do both.</summary>
public sealed class PeopleTests
{
    private static readonly Instant Noon = Instant.FromUtc(2026, 10, 1, 12, 0);

    private static readonly Domain.People.People Everybody = Roles.All.Aggregate(
        Domain.People.People.None,
        (people, role) => people.With(
            new UserCreated(Roles.Name(role), Roles.Name(role), [role], UserKind.Person, Noon), people.Number + 1));

    public static TheoryData<Right> EachRight => [.. Rights.All];

    public static TheoryData<Role> EachRole => [.. Roles.All];

    [Theory]
    [MemberData(nameof(EachRight))]
    public void Every_right_has_a_role_and_nobody_else_has_it(Right right)
    {
        Rights.RolesWith(right).ShouldNotBeEmpty();
        foreach (var role in Roles.All)
        {
            var refusal = Everybody.Refuse(Roles.Name(role), right);
            if (Rights.RolesWith(right).Contains(role))
            {
                refusal.ShouldBeNull();
            }
            else
            {
                refusal!.Code.ShouldBe("user.not-allowed");
                refusal.Message.ShouldContain(Roles.Any(Rights.RolesWith(right)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(EachRole))]
    public void A_role_alone_holds_no_forbidden_pair(Role role) => Rights.Conflict([role]).ShouldBeNull();

    [Theory]
    [InlineData(Role.Analyst, Role.Approver)]
    [InlineData(Role.Analyst, Role.Controller)]
    [InlineData(Role.Approver, Role.Controller)]
    [InlineData(Role.Approver, Role.Tax)]
    [InlineData(Role.Approver, Role.PartnerOperations)]
    [InlineData(Role.Controller, Role.PartnerOperations)]
    [InlineData(Role.Admin, Role.Analyst)]
    [InlineData(Role.Admin, Role.Approver)]
    [InlineData(Role.Admin, Role.Controller)]
    [InlineData(Role.Admin, Role.Tax)]
    [InlineData(Role.Admin, Role.PartnerOperations)]
    [InlineData(Role.Admin, Role.Auditor)]
    public void Roles_that_control_each_other_are_not_given_to_one_person(Role one, Role other)
    {
        var answer = UserDecisions.Create("pat", null, [one, other], UserKind.Person, Everybody, Noon);
        ((Decision<UserFact>.Refused)answer).Refusal.Code.ShouldBe("roles.forbidden-pair");
    }

    [Fact]
    public void An_admin_has_no_part_in_finance() =>
        Rights.All.Where(right => Rights.Has(Role.Admin, right)).ShouldBe(
            [Right.ReadSystem, Right.ReadPeople, Right.ManagePeople, Right.EraseDriver], ignoreOrder: true);

    [Fact]
    public void An_auditor_changes_nothing() =>
        Rights.All.Where(right => Rights.Has(Role.Auditor, right)).ShouldBe(
            [Right.Read, Right.ReadSystem, Right.ReadPeople], ignoreOrder: true);

    [Fact]
    public void A_machine_decides_nothing()
    {
        foreach (var role in Roles.All)
        {
            var answer = UserDecisions.Create("erp", null, [role], UserKind.Machine, Everybody, Noon);
            var decides = Rights.All.Any(right => Rights.Has(role, right) && Rights.IsForPeopleOnly(right));
            (answer is Decision<UserFact>.Refused { Refusal.Code: "roles.machine" }).ShouldBe(decides, $"{role}");
        }

        var people = Everybody.With(new UserCreated("erp", "ERP", [Role.Controller], UserKind.Machine, Noon), 99);
        people.Refuse("erp", Right.IssueStatements)!.Code.ShouldBe("user.not-allowed");
        people.Refuse("erp", Right.Read).ShouldBeNull();
    }

    [Fact]
    public void An_unknown_or_closed_account_may_nothing()
    {
        Everybody.Refuse("zoe", Right.Read)!.Code.ShouldBe("user.unknown");
        var gone = Everybody.With(new UserDeactivated("auditor", Noon), 99);
        gone.Refuse("auditor", Right.Read)!.Code.ShouldBe("user.deactivated");
    }

    [Fact]
    public void While_nobody_has_an_account_whoever_holds_the_database_may() =>
        Domain.People.People.None.Refuse("anybody", Right.HardClose).ShouldBeNull();

    [Fact]
    public void The_last_admin_stays()
    {
        Code(UserDecisions.Deactivate("admin", Everybody, Noon)).ShouldBe("user.last-admin");
        Code(UserDecisions.ChangeRoles("admin", [Role.Auditor], Everybody, Noon)).ShouldBe("user.last-admin");
        var two = Everybody.With(new UserCreated("second", "Second", [Role.Admin], UserKind.Person, Noon), 99);
        UserDecisions.Deactivate("admin", two, Noon).ShouldBeOfType<Decision<UserFact>.Accepted>();
    }

    [Theory]
    [InlineData("ANA", "ana")]
    [InlineData(" b.c-9 ", "b.c-9")]
    [InlineData("x", null)]
    [InlineData("9lives", null)]
    [InlineData("a b", null)]
    [InlineData("an\u0430", null)] // a Cyrillic letter that looks like a
    public void A_name_is_plain_and_without_case(string text, string? name) => User.Fold(text).ShouldBe(name);

    [Fact]
    public void A_name_is_never_given_twice()
    {
        var gone = Everybody.With(new UserDeactivated("auditor", Noon), 99);
        Code(UserDecisions.Create("Auditor", null, [Role.Auditor], UserKind.Person, gone, Noon)).ShouldBe("user.exists");
    }

    [Fact]
    public void Wrong_passwords_make_the_next_try_wait_longer_each_time()
    {
        var people = Everybody;
        var waits = new List<long?>();
        for (var failure = 1; failure <= 12; failure++)
        {
            people = people.With(new SignInFailed("analyst", "::1", Noon), 100 + failure);
            waits.Add((long?)(people.Find("analyst")!.LockedUntil - Noon)?.TotalSeconds);
        }

        waits.ShouldBe([null, null, null, null, 15, 30, 60, 120, 240, 480, 900, 900]);
        people.With(new SignedIn("analyst", "::1", Noon), 120).Find("analyst")!.LockedUntil.ShouldBeNull();
    }

    [Fact]
    public void A_one_time_password_is_good_for_a_week_and_an_own_one_for_good()
    {
        var (week, later) = (Noon + Duration.FromDays(7), Noon + Duration.FromDays(7) + Duration.FromSeconds(1));
        var oneTime = Everybody.With(new PasswordSet("auditor", "hash", true, Noon), 99).Find("auditor")!;
        (oneTime.IsPasswordOver(week), oneTime.IsPasswordOver(later)).ShouldBe((false, true));
        Everybody.With(new PasswordSet("auditor", "hash", false, Noon), 99).Find("auditor")!
            .IsPasswordOver(later).ShouldBeFalse();
    }

    [Fact]
    public void A_second_person_is_another_person_whatever_the_case()
    {
        UserDecisions.SamePerson("Ana", "approve", ("ana", "prepared"))!.Code.ShouldBe("user.same-person");
        UserDecisions.SamePerson("bruno", "approve", ("ana", "prepared")).ShouldBeNull();
    }

    [Fact]
    public void A_token_ends_with_its_time_its_revocation_and_its_account()
    {
        var people = Everybody.With(new UserCreated("erp", "ERP", [Role.Auditor], UserKind.Machine, Noon), 20)
            .With(new UserTokenIssued("erp", "ab", Noon + Duration.FromDays(1), Noon), 21);
        people.OfToken("ab", Noon)!.Name.ShouldBe("erp");
        people.OfToken("ac", Noon).ShouldBeNull();
        people.OfToken("ab", Noon + Duration.FromDays(1)).ShouldBeNull();
        people.With(new UserTokenRevoked("erp", "ab", Noon), 22).OfToken("ab", Noon).ShouldBeNull();
        people.With(new UserDeactivated("erp", Noon), 22).OfToken("ab", Noon).ShouldBeNull();
    }

    private static string Code(Decision<UserFact> decision) => ((Decision<UserFact>.Refused)decision).Refusal.Code;
}

namespace Settlement.Projections;
internal static class Placeholder;

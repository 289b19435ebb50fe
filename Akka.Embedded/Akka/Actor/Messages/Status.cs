namespace Akka.Actor;

/// <summary>The two standard replies of an Ask.</summary>
public abstract class Status
{
    protected Status()
    {
    }

    /// <summary>The operation worked.</summary>
    public sealed class Success(object? status) : Status
    {
        public static readonly Success Instance = new(null);

        public readonly object? Status = status;

        public override string ToString() => $"Success: {Status}";
    }

    /// <summary>The operation failed; faults the task of an Ask.</summary>
    public sealed class Failure(Exception cause, object? state) : Status
    {
        public readonly Exception Cause = cause;

        public readonly object? State = state;

        public Failure(Exception cause) : this(cause, null)
        {
        }

        public override string ToString() => $"Failure: {Cause}";
    }
}

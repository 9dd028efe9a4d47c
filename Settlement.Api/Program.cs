Console.WriteLine("settlement");

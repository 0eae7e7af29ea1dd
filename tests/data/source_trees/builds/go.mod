module example.com/builds

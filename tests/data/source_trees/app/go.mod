module example.com/app

go 1.15

require example.com/dep v1.2.3
